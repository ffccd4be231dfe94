import { binaryOp } from "../elementwise.js";

/** Whether a or b holds, broadcast. */
export const or = binaryOp({
  slug: "or",
  accepts: "bool",
  onnx: "Or",
  value: (a, b) => (a === 0 && b === 0 ? 0 : 1),
});
