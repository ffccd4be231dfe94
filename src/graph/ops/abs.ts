import { unaryOp } from "../elementwise.js";

/** The absolute value; its gradient at 0 is 0. */
export const abs = unaryOp({
  slug: "abs",
  accepts: "number",
  onnx: "Abs",
  value: Math.abs,
  gradient: ({ g, x, emit }) => emit("mul", [g, emit("sign", [x])]),
});
