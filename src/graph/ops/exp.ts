import { unaryOp } from "../elementwise.js";

/** e to the power x. */
export const exp = unaryOp({
  slug: "exp",
  accepts: "float",
  onnx: "Exp",
  value: Math.exp,
  gradient: ({ g, y, emit }) => emit("mul", [g, y]),
});
