import { unaryOp } from "../elementwise.js";

/** The square root; its gradient at 0 is infinite. */
export const sqrt = unaryOp({
  slug: "sqrt",
  accepts: "float",
  onnx: "Sqrt",
  value: Math.sqrt,
  gradient: ({ g, y, emit, scalar }) => emit("div", [emit("mul", [g, scalar(0.5, y.dtype)]), y]),
});
