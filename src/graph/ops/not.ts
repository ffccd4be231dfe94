import { unaryOp } from "../elementwise.js";

/** True where x is false. */
export const not = unaryOp({
  slug: "not",
  accepts: "bool",
  onnx: "Not",
  value: (x) => (x === 0 ? 1 : 0),
});
