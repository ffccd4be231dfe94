import { unaryOp } from "../elementwise.js";

/** The nearest whole number, halves to the even one; its gradient is zero by definition. */
export const round = unaryOp({
  slug: "round",
  accepts: "float",
  onnx: "Round",
  value: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
});
