import { binaryOp } from "../elementwise.js";

/** a / b, broadcast; integers are divided towards zero. */
export const div = binaryOp({
  slug: "div",
  accepts: "number",
  onnx: "Div",
  value: (a, b) => a / b,
  gradient: [
    ({ g, b, emit }) => emit("div", [g, b]),
    ({ g, b, y, emit }) => emit("neg", [emit("mul", [g, emit("div", [y, b])])]),
  ],
});
