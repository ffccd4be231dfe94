import { accepts, acceptedTypes } from "../elementwise.js";
import { forEachLine } from "../line-op.js";
import { defineOp } from "../op.js";
import { normalizeAxis, product, staticShape } from "../shape.js";
import type { Dim, Tensor } from "../tensor.js";
import { numbers, value } from "../value.js";

interface TopKAttributes {
  readonly k: Dim;
  readonly axis: number;
  readonly largest: boolean;
  readonly [key: string]: Dim | boolean;
}

/**
 * The k largest (or smallest) along one axis in order, the largest first, and their places as int64; of equal ones the first
 * comes first. The values have a gradient, which goes to the places they came from.
 *
 * @param k at most the size of the axis; a symbolic size of the axis may be given by its name: that is a whole sort.
 * @param options `largest`: true unless given; false takes the smallest, the smallest first.
 * @returns values and indices, both in the shape of x with k along the axis.
 */
export const topK = defineOp<
  TopKAttributes,
  (x: Tensor, k: Dim, axis: number, options?: { largest?: boolean }) => [Tensor, Tensor]
>(
  {
    slug: "top-k",
    infer({ inputs, attributes: { k, axis }, fail }) {
      const { shape, dtype } = inputs[0]!;
      if (!accepts("number", dtype))
        throw fail("input", `of type ${acceptedTypes("number")}`, "Cast it.", dtype);
      if (normalizeAxis(axis, shape.length) !== axis)
        throw fail("axis", `inside the rank ${shape.length}`, undefined, String(axis));
      const size = shape[axis]!;
      const whole = typeof k === "number" && Number.isInteger(k) && k >= 0;
      if (k !== size && !(whole && (typeof size === "string" || k <= size)))
        throw fail("k", `a whole number of at most ${size}, the size of axis ${axis}`, undefined, String(k));
      const found = shape.map((dim, i) => (i === axis ? k : dim));
      return [
        { shape: found, dtype },
        { shape: found, dtype: "int64" },
      ];
    },
    vjp({ inputs, outputs, attributes: { axis }, g, full, emit }) {
      const [values, indices] = [outputs[0]!, outputs[1]!];
      return [emit("scatter-elements", [full(g, values), indices, inputs[0]!], { axis })];
    },
    batch: ({ inputs, attributes, emitAll }) =>
      emitAll("top-k", inputs, { ...attributes, axis: attributes.axis + 1 }),
    onnx({ node, inputs, outputs, attributes: { k, axis, largest }, emit, ints, scalar }) {
      const known = staticShape(node.outputs[0]!.shape);
      if (known?.includes(0)) {
        node.outputs.forEach(({ dtype }, i) => {
          emit("Expand", [scalar(0, dtype), ints(known)], { outputs: [outputs[i]!] });
        });
        return;
      }
      const count =
        typeof k === "number" ? ints([k]) : emit("Gather", [emit("Shape", [inputs[0]!]), ints([axis])]);
      const attributes = { axis, largest: largest ? 1 : 0, sorted: 1 };
      const { shape, dtype } = node.inputs[0]!;
      const named = shape.map((_, i) => i).filter((i) => i !== axis && typeof shape[i] === "string");
      if (named.length === 0) {
        emit("TopK", [inputs[0]!, count], { outputs, attributes });
        return;
      }
      const after = shape.map((_, i) => (named.includes(i) ? 1 : 0)); // a size that turns out 0 ends the process in ONNX Runtime 1.30
      const filled = emit("Pad", [inputs[0]!, ints([...shape.map(() => 0), ...after]), scalar(0, dtype)]);
      const raw = outputs.map((name) => `${name}/padded`);
      emit("TopK", [filled, count], { outputs: raw, attributes });
      raw.forEach((name, i) => {
        const bounds = [ints(named.map(() => 0)), ints(named.map(() => -1)), ints(named)];
        emit("Slice", [name, ...bounds], { outputs: [outputs[i]!] });
      });
    },
    reference({ inputs, attributes: { k, axis, largest } }) {
      const x = inputs[0]!;
      const source = numbers(x);
      const count = typeof k === "number" ? k : x.shape[axis]!;
      const shape = x.shape.map((size, i) => (i === axis ? count : size));
      const [values, indices] = [new Float64Array(product(shape)), new Float64Array(product(shape))];
      const targets: (readonly number[])[] = [];
      forEachLine(shape, axis, (places) => targets.push(places));
      forEachLine(x.shape, axis, (places, line) => {
        const sign = largest ? -1 : 1;
        const order = places
          .map((_, i) => i)
          .sort((a, b) => sign * (source[places[a]!]! - source[places[b]!]!) || a - b);
        targets[line]!.forEach((target, i) => {
          indices[target] = order[i]!;
          values[target] = source[places[order[i]!]!]!;
        });
      });
      return [value(shape, values), value(shape, indices)];
    },
  },
  (apply) =>
    (x, k, axis, { largest = true } = {}) => {
      const found = apply([x], { k, axis: normalizeAxis(axis, x.shape.length) ?? axis, largest });
      return [found[0]!, found[1]!];
    },
);
