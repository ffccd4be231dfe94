import { unaryOp } from "../elementwise.js";

/** The cosine of x in radians. */
export const cos = unaryOp({
  slug: "cos",
  accepts: "float",
  onnx: "Cos",
  value: Math.cos,
  gradient: ({ g, x, emit }) => emit("neg", [emit("mul", [g, emit("sin", [x])])]),
});
