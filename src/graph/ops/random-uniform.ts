import { ELEMENT_TYPES } from "../onnx/element-types.js";
import { type OnnxContext, defineOp } from "../op.js";
import { formatShape, isFloat, product, staticShape } from "../shape.js";
import { SEED_FACTOR, counterOf, keyOf, squares32, streamKey } from "../squares.js";
import type { Dim, DType, Tensor } from "../tensor.js";
import { numbers, value } from "../value.js";

/** What a random value is a function of, beside its position. */
export interface RandomSource {
  /** An int64 scalar, any safe integer. */
  readonly seed: Tensor;
  /** An int64 scalar in [0, 2³²): the values of different steps are independent. */
  readonly step: Tensor;
  /** A whole number that tells uses apart, such as the layers of a network; default 0. */
  readonly stream?: number;
}

interface RandomAttributes {
  readonly shape: readonly Dim[];
  readonly stream: number;
  readonly dtype: DType;
  readonly [key: string]: readonly Dim[] | number | string;
}

/**
 * Independent random values, uniform in [0, 1): a pure function of seed, stream, step and position, with no hidden state, so
 * that a run cut anywhere goes on with the same values. The same on every runtime, to the bit.
 *
 * Multiples of 2⁻²⁴ in either type: the upper 24 of 32 random bits, so that a check in float64 sees what float32 sees.
 *
 * @param shape `[…]` of known sizes, fewer than 2³² elements.
 * @param options `dtype`: float32 unless given.
 * @throws {ShapeError} if a size is not known, or seed or step is no int64 scalar.
 * @see Widynski 2020, "Squares: A Fast Counter-Based RNG". https://arxiv.org/abs/2004.06278
 * Departures: keys are not drawn from the paper's list but stepped by an irregular odd multiple of seed and stream.
 */
export const randomUniform = defineOp<
  RandomAttributes,
  (
    shape: readonly number[],
    source: RandomSource,
    options?: { readonly dtype?: "float32" | "float64" },
  ) => Tensor
>(
  {
    slug: "random-uniform",
    infer({ inputs, attributes: { shape, stream, dtype }, fail }) {
      const sizes = staticShape(shape);
      if (!sizes || product(sizes) >= 2 ** 32)
        throw fail("shape", "of known sizes, fewer than 2^32 elements", undefined, formatShape(shape));
      const wrong = inputs.find((x) => x.dtype !== "int64" || x.shape.length > 0);
      if (wrong)
        throw fail(
          "seed and step",
          "int64 scalars",
          "Cast them.",
          `${wrong.dtype} ${formatShape(wrong.shape)}`,
        );
      if (!Number.isSafeInteger(stream) || stream < 0)
        throw fail("stream", "a whole number", undefined, String(stream));
      if (!isFloat(dtype)) throw fail("type", "float32 or float64", undefined, dtype);
      return [{ shape: sizes, dtype }];
    },
    differentiable: "zero",
    onnx: written,
    reference({ inputs, attributes: { shape, stream } }) {
      const [seed, step] = inputs.map((x) => numbers(x)[0]!);
      const key = keyOf(seed!, stream);
      const sizes = shape.map(Number);
      const draw = (_: unknown, position: number): number =>
        (squares32(counterOf(step!, position), key) >>> DROPPED) / 2 ** BITS;
      return [value(sizes, Array.from({ length: product(sizes) }, draw))];
    },
  },
  (apply) =>
    (shape, { seed, step, stream = 0 }, { dtype = "float32" } = {}) =>
      apply([seed, step], { shape, stream, dtype })[0]!,
);

const BITS = 24; // what float32 holds of a number in [0, 1) in equal steps
const DROPPED = 32 - BITS;
const UINT64 = 13; // TensorProto.DataType; ONNX Runtime multiplies, adds and shifts it, wrapping around

/** `squares32` in unsigned words of 64 bits; what does not depend on step and seed is folded when a session opens. */
function written({ inputs, outputs, attributes, emit, ints, scalar }: OnnxContext<RandomAttributes>): void {
  const { shape, stream, dtype } = attributes;
  const word = (x: string): string => emit("Cast", [x], { attributes: { to: UINT64 } });
  const add = (a: string, b: string): string => emit("Add", [a, b]);
  const mul = (a: string, b: string): string => emit("Mul", [a, b]);
  const shift = (x: string, by: string, direction: "LEFT" | "RIGHT"): string =>
    emit("BitShift", [x, by], { attributes: { direction } });
  const half = word(scalar(32, "int64"));
  const known = (x: bigint): string =>
    add(
      shift(word(scalar(Number(x >> 32n), "int64")), half, "LEFT"),
      word(scalar(Number(x & 0xffffffffn), "int64")),
    );
  const swapped = (x: string): string => add(shift(x, half, "RIGHT"), shift(x, half, "LEFT"));

  const [from, to, by] = [1, product(shape.map(Number)) + 1, 1].map((x) => scalar(x, "int64"));
  const positions = word(emit("Range", [from!, to!, by!])); // [N]; see `counterOf`
  const key = add(known(streamKey(stream)), mul(word(inputs[0]!), known(SEED_FACTOR)));
  const start = mul(shift(word(inputs[1]!), half, "LEFT"), key);
  const y = add(mul(positions, key), start); // counter · key
  const z = add(y, key);
  const mixed = [y, z, y].reduce((x, added) => swapped(add(mul(x, x), added)), y);
  const bits = shift(add(mul(mixed, mixed), z), word(scalar(64 - BITS, "int64")), "RIGHT");
  const whole = emit("Cast", [bits], { attributes: { to: ELEMENT_TYPES[dtype] } });
  const uniform = mul(whole, scalar(2 ** -BITS, dtype));
  const allowzero = shape.includes(0) ? { attributes: { allowzero: 1 } } : {};
  emit("Reshape", [uniform, ints(shape.map(Number))], { outputs, ...allowzero });
}
