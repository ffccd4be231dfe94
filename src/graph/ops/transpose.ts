import { defineOp } from "../op.js";
import type { Tensor } from "../tensor.js";
import { gatherBy } from "../value.js";
import { strides } from "../shape.js";

/** Reorders axes: axis i of the result is axis `perm[i]` of x. */
export const transpose = defineOp<
  { readonly perm: readonly number[] },
  (x: Tensor, perm: readonly number[]) => Tensor
>(
  {
    slug: "transpose",
    infer({ inputs, attributes: { perm }, fail }) {
      const { shape, dtype } = inputs[0]!;
      const sorted = [...perm].sort((a, b) => a - b);
      if (perm.length !== shape.length || sorted.some((axis, i) => axis !== i))
        throw fail("perm", `each axis of rank ${shape.length} once`, undefined, `[${perm.join(", ")}]`);
      return [{ shape: perm.map((axis) => shape[axis]!), dtype }];
    },
    vjp({ attributes: { perm }, outputs, g, full, emit }) {
      const inverse = perm.map((_, axis) => perm.indexOf(axis));
      return [emit("transpose", [full(g, outputs[0]!)], { perm: inverse })];
    },
    batch: ({ inputs, attributes: { perm }, emit }) => [
      emit("transpose", inputs, { perm: [0, ...perm.map((axis) => axis + 1)] }),
    ],
    onnx: ({ inputs, outputs, attributes, emit }) =>
      void emit("Transpose", inputs, { outputs, attributes: { perm: attributes.perm } }),
    reference({ inputs, attributes: { perm } }) {
      const x = inputs[0]!;
      const steps = strides(x.shape);
      const shape = perm.map((axis) => x.shape[axis]!);
      return [gatherBy(x, shape, (index) => perm.reduce((at, axis, i) => at + steps[axis]! * index[i]!, 0))];
    },
  },
  (apply) => (x, perm) =>
    perm.length === x.shape.length && perm.every((axis, i) => axis === i) ? x : apply([x], { perm })[0]!,
);
