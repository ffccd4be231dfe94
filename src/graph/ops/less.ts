import { binaryOp } from "../elementwise.js";

/** True where a < b, broadcast. */
export const less = binaryOp({
  slug: "less",
  accepts: "number",
  result: "bool",
  onnx: "Less",
  value: (a, b) => (a < b ? 1 : 0),
});
