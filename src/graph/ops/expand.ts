import { defineOp } from "../op.js";
import { broadcastShapes, formatShape, sameShape } from "../shape.js";
import type { Dim, Tensor } from "../tensor.js";
import { broadcastTo } from "../value.js";

interface ExpandAttributes {
  readonly shape: readonly Dim[];
  readonly [key: string]: readonly Dim[];
}

/** Repeats x along axes of size 1 and new leading axes; a symbolic size can only be kept, see `expandLike`. */
export const expand = defineOp<ExpandAttributes, (x: Tensor, shape: readonly Dim[]) => Tensor>(
  {
    slug: "expand",
    infer({ inputs, attributes, fail }) {
      const { shape, dtype } = inputs[0]!;
      const target = attributes.shape;
      const lead = target.length - shape.length;
      const fits = sameShape(broadcastShapes(shape, target) ?? [], target);
      if (!fits)
        throw fail("shape", `one that ${formatShape(shape)} broadcasts to`, undefined, formatShape(target));
      if (target.some((dim, i) => typeof dim === "string" && shape[i - lead] !== dim))
        throw fail(
          "shape",
          "made of known sizes",
          "Use expandLike for a symbolic size.",
          formatShape(target),
        );
      return [{ shape: target, dtype }];
    },
    vjp: ({ inputs, outputs, g, reduceTo }) => [reduceTo(g, outputs[0]!, inputs[0]!)],
    batch: ({ attributes: { shape }, size, aligned, emit }) => [
      emit("expand", [aligned(0, shape.length)], { shape: [size, ...shape] }),
    ],
    onnx({ inputs, outputs, attributes, emit, ints }) {
      const sizes = attributes.shape.map((dim) => (typeof dim === "number" ? dim : 1)); // 1 keeps the input's size
      emit("Expand", [inputs[0]!, ints(sizes)], { outputs });
    },
    reference({ inputs, attributes }) {
      const x = inputs[0]!;
      const lead = attributes.shape.length - x.shape.length;
      return [
        broadcastTo(
          x,
          attributes.shape.map((dim, i) => (typeof dim === "number" ? dim : x.shape[i - lead]!)),
        ),
      ];
    },
  },
  (apply) => (x, shape) => (sameShape(x.shape, shape) ? x : apply([x], { shape })[0]!),
);
