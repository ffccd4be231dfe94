import { unaryOp } from "../elementwise.js";

/** log(1 + eˣ), without overflow. */
export const softplus = unaryOp({
  slug: "softplus",
  accepts: "float",
  onnx: "Softplus",
  value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  gradient: ({ g, x, emit }) => emit("mul", [g, emit("sigmoid", [x])]),
});
