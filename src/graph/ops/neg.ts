import { unaryOp } from "../elementwise.js";

/** Minus x. */
export const neg = unaryOp({
  slug: "neg",
  accepts: "number",
  onnx: "Neg",
  value: (x) => -x,
  gradient: ({ g, emit }) => emit("neg", [g]),
});
