import { unaryOp } from "../elementwise.js";

/** True where x is not a number. */
export const isNaN = unaryOp({
  slug: "is-nan",
  accepts: "float",
  result: "bool",
  onnx: "IsNaN",
  value: (x) => (Number.isNaN(x) ? 1 : 0),
});
