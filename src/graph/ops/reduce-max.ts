import { axesAsAttribute, reductionOp } from "../reduction.js";

/** The largest over axes, which must not be empty; elements that share the maximum share the gradient. */
export const reduceMax = reductionOp({
  slug: "reduce-max",
  accepts: "number",
  onnx: axesAsAttribute("ReduceMax"),
  value: (group) => group.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY),
  gradient({ g, x, y, emit, attributes: { axes } }) {
    const winners = emit("cast", [emit("equal", [x, y])], { to: x.dtype });
    const count = emit("reduce-sum", [winners], { axes, keepDims: true });
    return emit("mul", [emit("div", [g, count]), winners]);
  },
});
