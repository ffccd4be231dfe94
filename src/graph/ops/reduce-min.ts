import { axesAsAttribute, reductionOp } from "../reduction.js";

/** The smallest over axes, which must not be empty; elements that share the minimum share the gradient. */
export const reduceMin = reductionOp({
  slug: "reduce-min",
  accepts: "number",
  onnx: axesAsAttribute("ReduceMin"),
  value: (group) => group.reduce((least, x) => Math.min(least, x), Number.POSITIVE_INFINITY),
  gradient({ g, x, y, emit, attributes: { axes } }) {
    const winners = emit("cast", [emit("equal", [x, y])], { to: x.dtype });
    const count = emit("reduce-sum", [winners], { axes, keepDims: true });
    return emit("mul", [emit("div", [g, count]), winners]);
  },
});
