import { unaryOp } from "../elementwise.js";

/**
 * x where it is positive, else eˣ − 1; its gradient, min(y, 0) + 1, is read off the result.
 *
 * @see Clevert, Unterthiner & Hochreiter 2016, "Fast and Accurate Deep Network Learning by Exponential Linear Units", eq. 15,
 * with α = 1. https://arxiv.org/abs/1511.07289
 */
export const elu = unaryOp({
  slug: "elu",
  accepts: "float",
  onnx: "Elu",
  value: (x) => (x > 0 ? x : Math.expm1(x)),
  gradient({ g, y, emit, scalar }) {
    const below = emit("minimum", [y, scalar(0, y.dtype)]);
    return emit("mul", [g, emit("add", [below, scalar(1, y.dtype)])]);
  },
});
