import { unaryOp } from "../elementwise.js";

/** The sine of x in radians. */
export const sin = unaryOp({
  slug: "sin",
  accepts: "float",
  onnx: "Sin",
  value: Math.sin,
  gradient: ({ g, x, emit }) => emit("mul", [g, emit("cos", [x])]),
});
