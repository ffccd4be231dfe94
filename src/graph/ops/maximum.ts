import { binaryOp } from "../elementwise.js";

/** The larger of a and b, broadcast; where they are equal the gradient goes to b. */
export const maximum = binaryOp({
  slug: "maximum",
  accepts: "number",
  onnx: "Max",
  value: (a, b) => Math.max(a, b),
  gradient: [
    ({ g, a, b, emit, scalar }) => emit("where", [emit("greater", [a, b]), g, scalar(0, g.dtype)]),
    ({ g, a, b, emit, scalar }) => emit("where", [emit("greater", [a, b]), scalar(0, g.dtype), g]),
  ],
});
