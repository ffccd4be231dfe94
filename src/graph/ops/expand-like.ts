import { defineOp } from "../op.js";
import { broadcastShapes, sameShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { broadcastTo } from "../value.js";

interface ExpandLikeAttributes {
  /** Leading axes of x that are kept beside those of the other tensor. */
  readonly lead: number;
  readonly [key: string]: number;
}

/** Repeats x to the shape another tensor turns out to have; of that one only the shape is used. */
export const expandLike = defineOp<ExpandLikeAttributes, (x: Tensor, like: Tensor) => Tensor>(
  {
    slug: "expand-like",
    infer({ inputs, attributes: { lead = 0 }, fail }) {
      const [x, like] = [inputs[0]!, inputs[1]!];
      const own = x.shape.slice(lead);
      const fits = lead === 0 || own.length === like.shape.length;
      if (!fits || !sameShape(broadcastShapes(own, like.shape) ?? ["?"], like.shape))
        throw fail("inputs", "a shape and one that it broadcasts to");
      return [{ shape: [...x.shape.slice(0, lead), ...like.shape], dtype: x.dtype }];
    },
    vjp: ({ inputs, outputs, g, reduceTo }) => [reduceTo(g, outputs[0]!, inputs[0]!), undefined],
    batch({ node, inputs, batched, attributes: { lead = 0 }, aligned, emit }) {
      const [x, like] = [aligned(0, node.outputs[0]!.shape.length), inputs[1]!];
      if (batched[1] && lead > 0) return undefined;
      return [emit("expand-like", [x, like], { lead: batched[1] ? 0 : lead + 1 })];
    },
    onnx({ inputs, outputs, emit }) {
      emit("Expand", [inputs[0]!, emit("Shape", [inputs[1]!])], { outputs }); // shapes broadcast both ways
    },
    reference: ({ inputs, attributes: { lead = 0 } }) => [
      broadcastTo(inputs[0]!, [...inputs[0]!.shape.slice(0, lead), ...inputs[1]!.shape]),
    ],
  },
  (apply) => (x, like) => (sameShape(x.shape, like.shape) ? x : apply([x, like], { lead: 0 })[0]!),
);
