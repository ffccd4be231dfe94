import { unaryOp } from "../elementwise.js";

/** Minus one, zero or one; its gradient is zero by definition. */
export const sign = unaryOp({
  slug: "sign",
  accepts: "number",
  onnx: "Sign",
  value: Math.sign,
});
