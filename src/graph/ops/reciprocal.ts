import { unaryOp } from "../elementwise.js";

/** One over x. */
export const reciprocal = unaryOp({
  slug: "reciprocal",
  accepts: "float",
  onnx: "Reciprocal",
  value: (x) => 1 / x,
  gradient: ({ g, y, emit }) => emit("neg", [emit("mul", [g, emit("square", [y])])]),
});
