import { binaryOp } from "../elementwise.js";

/** True where a > b, broadcast. */
export const greater = binaryOp({
  slug: "greater",
  accepts: "number",
  result: "bool",
  onnx: "Greater",
  value: (a, b) => (a > b ? 1 : 0),
});
