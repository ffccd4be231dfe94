import { unaryOp } from "../elementwise.js";

/** The natural logarithm. */
export const log = unaryOp({
  slug: "log",
  accepts: "float",
  onnx: "Log",
  value: Math.log,
  gradient: ({ g, x, emit }) => emit("div", [g, x]),
});
