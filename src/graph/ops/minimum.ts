import { binaryOp } from "../elementwise.js";

/** The smaller of a and b, broadcast; where they are equal the gradient goes to b. */
export const minimum = binaryOp({
  slug: "minimum",
  accepts: "number",
  onnx: "Min",
  value: (a, b) => Math.min(a, b),
  gradient: [
    ({ g, a, b, emit, scalar }) => emit("where", [emit("less", [a, b]), g, scalar(0, g.dtype)]),
    ({ g, a, b, emit, scalar }) => emit("where", [emit("less", [a, b]), scalar(0, g.dtype), g]),
  ],
});
