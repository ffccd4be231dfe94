import { binaryOp } from "../elementwise.js";

/** a − b, broadcast. */
export const sub = binaryOp({
  slug: "sub",
  accepts: "number",
  onnx: "Sub",
  value: (a, b) => a - b,
  gradient: [({ g }) => g, ({ g, emit }) => emit("neg", [g])],
});
