import { binaryOp } from "../elementwise.js";

/** True where a and b are, broadcast. */
export const and = binaryOp({
  slug: "and",
  accepts: "bool",
  onnx: "And",
  value: (a, b) => (a !== 0 && b !== 0 ? 1 : 0),
});
