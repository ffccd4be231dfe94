import { defineOp, needsSizes } from "../op.js";
import { normalizeAxis, product } from "../shape.js";
import type { Dim, Tensor } from "../tensor.js";
import { type Value, value } from "../value.js";

interface ConcatAttributes {
  readonly axis: number;
  readonly [key: string]: number;
}

/** Joins tensors along one axis; symbolic sizes of that axis are added by name. */
export const concat = defineOp<ConcatAttributes, (xs: readonly Tensor[], axis: number) => Tensor>(
  {
    slug: "concat",
    infer({ inputs, attributes: { axis }, fail }) {
      const first = inputs[0];
      if (!first) throw fail("inputs", "at least one tensor", undefined, "none");
      const { shape, dtype } = first;
      const fits = inputs.every(
        (x) => x.shape.length === shape.length && x.shape.every((dim, i) => i === axis || dim === shape[i]),
      );
      if (normalizeAxis(axis, shape.length) !== axis)
        throw fail("axis", `inside the rank ${shape.length}`, undefined, String(axis));
      if (!fits) throw fail("inputs", `of equal sizes outside axis ${axis}`);
      const other = inputs.find((x) => x.dtype !== dtype);
      if (other) throw fail("inputs", "of one type", "Cast some.", `${dtype} and ${other.dtype}`);
      return [
        {
          shape: shape.map((dim, i) => (i === axis ? total(inputs.map((x) => x.shape[axis]!)) : dim)),
          dtype,
        },
      ];
    },
    vjp({ node, inputs, outputs, wanted, g, full, emit, emitAll, attributes: { axis } }) {
      const sizes = inputs.map((x) => x.shape[axis]!);
      if (sizes.some((size) => typeof size === "string")) throw needsSizes(node);
      const whole = full(g, outputs[0]!);
      if (wanted.filter(Boolean).length > 1 || inputs.length === 1)
        return emitAll("split", [whole], { sizes, axis });
      const start = (i: number): number =>
        sizes.slice(0, i).reduce<number>((sum, size) => sum + Number(size), 0);
      return inputs.map((_, i) => {
        if (!wanted[i]) return undefined;
        return emit("slice", [whole], { starts: [start(i)], ends: [start(i + 1)], axes: [axis] });
      });
    },
    batch: ({ inputs, attributes: { axis }, whole, emit }) => [
      emit(
        "concat",
        inputs.map((_, i) => whole(i)),
        { axis: axis + 1 },
      ),
    ],
    onnx: ({ inputs, outputs, attributes, emit }) =>
      void emit("Concat", inputs, { outputs, attributes: { axis: attributes.axis } }),
    reference: ({ inputs, attributes: { axis } }) => [joined(inputs, axis)],
  },
  (apply) => (xs, axis) =>
    apply([...xs], { axis: normalizeAxis(axis, xs[0]?.shape.length ?? 0) ?? axis })[0]!,
);

function total(sizes: readonly Dim[]): Dim {
  const known = sizes.filter((size) => typeof size === "number").reduce((sum, size) => sum + size, 0);
  const names = sizes.filter((size) => typeof size === "string");
  return names.length === 0 ? known : [...names, ...(known === 0 ? [] : [known])].join("+");
}

/** Joins values along one axis. */
function joined(inputs: readonly Value[], axis: number): Value {
  const first = inputs[0]!.shape;
  const shape = first.map((size, i) =>
    i === axis ? inputs.reduce((sum, x) => sum + x.shape[axis]!, 0) : size,
  );
  const outer = product(first.slice(0, axis));
  const data: (number | string)[] = [];
  for (let o = 0; o < outer; o++) {
    for (const x of inputs) {
      const run = product(x.shape.slice(axis));
      for (let i = 0; i < run; i++) data.push(x.data[o * run + i]!);
    }
  }
  if (inputs[0]!.data instanceof Float64Array) return value(shape, data.map(Number));
  return { shape, data: data.map(String) };
}
