import { unaryOp } from "../elementwise.js";

/** 1 / (1 + e⁻ˣ). */
export const sigmoid = unaryOp({
  slug: "sigmoid",
  accepts: "float",
  onnx: "Sigmoid",
  value: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  gradient: ({ g, y, emit, scalar }) =>
    emit("mul", [g, emit("mul", [y, emit("sub", [scalar(1, y.dtype), y])])]),
});
