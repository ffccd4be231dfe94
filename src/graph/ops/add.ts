import { binaryOp } from "../elementwise.js";

/** a + b, broadcast. */
export const add = binaryOp({
  slug: "add",
  accepts: "number",
  onnx: "Add",
  value: (a, b) => a + b,
  gradient: [({ g }) => g, ({ g }) => g],
});
