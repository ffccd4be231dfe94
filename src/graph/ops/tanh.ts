import { unaryOp } from "../elementwise.js";

/** The hyperbolic tangent. */
export const tanh = unaryOp({
  slug: "tanh",
  accepts: "float",
  onnx: "Tanh",
  value: Math.tanh,
  gradient: ({ g, y, emit, scalar }) =>
    emit("mul", [g, emit("sub", [scalar(1, y.dtype), emit("square", [y])])]),
});
