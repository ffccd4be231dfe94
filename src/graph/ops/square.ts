import { unaryOp } from "../elementwise.js";

/** x times x. */
export const square = unaryOp({
  slug: "square",
  accepts: "number",
  onnx: ({ emit, inputs, outputs }) => emit("Mul", [inputs[0]!, inputs[0]!], { outputs }),
  value: (x) => x * x,
  gradient: ({ g, x, emit, scalar }) => emit("mul", [emit("mul", [g, scalar(2, x.dtype)]), x]),
});
