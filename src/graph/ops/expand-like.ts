import { defineOp } from "../op.js";
import { broadcastShapes, sameShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { broadcastTo } from "../value.js";

/** Repeats x to the shape another tensor turns out to have; of that one only the shape is used. */
export const expandLike = defineOp(
  {
    slug: "expand-like",
    infer({ inputs, fail }) {
      const [x, like] = [inputs[0]!, inputs[1]!];
      if (!sameShape(broadcastShapes(x.shape, like.shape) ?? [], like.shape))
        throw fail("inputs", "a shape and one that it broadcasts to");
      return [{ shape: like.shape, dtype: x.dtype }];
    },
    vjp: ({ inputs, outputs, g, reduceTo }) => [reduceTo(g, outputs[0]!, inputs[0]!), undefined],
    onnx({ inputs, outputs, emit }) {
      emit("Expand", [inputs[0]!, emit("Shape", [inputs[1]!])], { outputs });
    },
    reference: ({ inputs }) => [broadcastTo(inputs[0]!, inputs[1]!.shape)],
  },
  (apply) => (x: Tensor, like: Tensor) => (sameShape(x.shape, like.shape) ? x : apply([x, like], {})[0]!),
);
