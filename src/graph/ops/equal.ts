import { binaryOp } from "../elementwise.js";

/** True where a = b, broadcast. */
export const equal = binaryOp({
  slug: "equal",
  accepts: "number",
  result: "bool",
  onnx: "Equal",
  value: (a, b) => (a === b ? 1 : 0),
});
