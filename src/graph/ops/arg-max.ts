import { accepts, acceptedTypes } from "../elementwise.js";
import { defineOp } from "../op.js";
import { normalizeAxis, strides } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { gatherBy, numbers, value } from "../value.js";

interface ArgMaxAttributes {
  readonly axis: number;
  readonly [key: string]: number;
}

/** The place of the largest element along one axis, the first of equal ones, as int64; the axis goes. */
export const argMax = defineOp<ArgMaxAttributes, (x: Tensor, axis: number) => Tensor>(
  {
    slug: "arg-max",
    infer({ inputs, attributes: { axis }, fail }) {
      const { shape, dtype } = inputs[0]!;
      if (!accepts("number", dtype))
        throw fail("input", `of type ${acceptedTypes("number")}`, "Cast it.", dtype);
      if (normalizeAxis(axis, shape.length) !== axis)
        throw fail("axis", `inside the rank ${shape.length}`, undefined, String(axis));
      return [{ shape: shape.filter((_, i) => i !== axis), dtype: "int64" }];
    },
    differentiable: "zero",
    batch: ({ inputs, attributes: { axis }, emit }) => [emit("arg-max", inputs, { axis: axis + 1 })],
    onnx: ({ inputs, outputs, attributes: { axis }, emit }) =>
      void emit("ArgMax", inputs, { outputs, attributes: { axis, keepdims: 0 } }),
    reference({ inputs, attributes: { axis } }) {
      const x = inputs[0]!;
      const source = numbers(x);
      const [step, size] = [strides(x.shape)[axis]!, x.shape[axis]!];
      const others = strides(x.shape).filter((_, i) => i !== axis);
      const shape = x.shape.filter((_, i) => i !== axis);
      const places = value(
        x.shape,
        source.map((_, i) => i),
      );
      const first = gatherBy(places, shape, (index) => others.reduce((at, s, i) => at + s * index[i]!, 0));
      const found = numbers(first).map((at) => {
        let best = 0;
        for (let i = 1; i < size; i++) if (source[at + i * step]! > source[at + best * step]!) best = i;
        return best;
      });
      return [value(shape, found)];
    },
  },
  (apply) => (x, axis) => apply([x], { axis: normalizeAxis(axis, x.shape.length) ?? axis })[0]!,
);
