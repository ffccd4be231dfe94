import { defineOp } from "../op.js";
import { strides, product } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { numbers, value } from "../value.js";

interface PadAttributes {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly [key: string]: readonly number[];
}

/** Zeros around x: so many before and after along each axis, none along one of symbolic size. */
export const pad = defineOp<
  PadAttributes,
  (x: Tensor, before: readonly number[], after: readonly number[]) => Tensor
>(
  {
    slug: "pad",
    infer({ inputs, attributes: { before, after }, fail }) {
      const { shape, dtype } = inputs[0]!;
      const valid = [before, after].every(
        (list) => list.length === shape.length && list.every((n) => Number.isInteger(n) && n >= 0),
      );
      const got = `[${before.join(", ")}] and [${after.join(", ")}]`;
      if (!valid)
        throw fail("before and after", `whole numbers for each of ${shape.length} axes`, undefined, got);
      if (shape.some((dim, i) => typeof dim === "string" && before[i]! + after[i]! > 0))
        throw fail("axes", "of known size", "Give the axis a number instead of a name.");
      return [
        {
          shape: shape.map((dim, i) => (typeof dim === "number" ? dim + before[i]! + after[i]! : dim)),
          dtype,
        },
      ];
    },
    vjp({ inputs, outputs, attributes: { before, after }, g, full, emit }) {
      const axes = before.map((_, axis) => axis).filter((axis) => before[axis]! + after[axis]! > 0);
      const starts = axes.map((axis) => before[axis]!);
      const ends = axes.map((axis) => before[axis]! + Number(inputs[0]!.shape[axis]));
      return [emit("slice", [full(g, outputs[0]!)], { starts, ends, axes })];
    },
    batch: ({ inputs, attributes: { before, after }, emit }) => [
      emit("pad", inputs, { before: [0, ...before], after: [0, ...after] }),
    ],
    onnx({ node, inputs, outputs, attributes: { before, after }, emit, ints, scalar }) {
      emit("Pad", [inputs[0]!, ints([...before, ...after]), scalar(0, node.inputs[0]!.dtype)], { outputs });
    },
    reference({ inputs, attributes: { before, after } }) {
      const x = inputs[0]!;
      const shape = x.shape.map((size, i) => size + before[i]! + after[i]!);
      const [from, to] = [strides(x.shape), strides(shape)];
      const result = new Float64Array(product(shape));
      numbers(x).forEach((element, at) => {
        const target = from.reduce(
          (sum, step, i) => sum + to[i]! * ((Math.floor(at / step) % x.shape[i]!) + before[i]!),
          0,
        );
        result[target] = element;
      });
      return [value(shape, result)];
    },
  },
  (apply) => (x, before, after) => apply([x], { before, after })[0]!,
);
