import { unaryOp } from "../elementwise.js";

/** The larger of x and 0; its gradient at 0 is 0, and it is read off the result. */
export const relu = unaryOp({
  slug: "relu",
  accepts: "float",
  onnx: "Relu",
  value: (x) => (x > 0 ? x : x === x ? 0 : x),
  gradient: ({ g, y, emit }) => emit("mul", [g, emit("unit-step", [y])]),
});
