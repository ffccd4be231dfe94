import { lineOp, softmaxLine } from "../line-op.js";

/** eˣ / Σ eˣ along one axis. */
export const softmax = lineOp({
  slug: "softmax",
  onnx: "Softmax",
  value: softmaxLine,
  gradient({ g, y, emit, attributes: { axis } }) {
    const mean = emit("reduce-sum", [emit("mul", [g, y])], { axes: [axis], keepDims: true });
    return emit("mul", [emit("sub", [g, mean]), y]);
  },
});
