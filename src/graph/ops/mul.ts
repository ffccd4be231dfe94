import { binaryOp } from "../elementwise.js";

/** a · b, element by element, broadcast. */
export const mul = binaryOp({
  slug: "mul",
  accepts: "number",
  onnx: "Mul",
  value: (a, b) => a * b,
  gradient: [({ g, b, emit }) => emit("mul", [g, b]), ({ g, a, emit }) => emit("mul", [g, a])],
});
