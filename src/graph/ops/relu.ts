import { unaryOp } from "../elementwise.js";

/** The larger of x and 0; its gradient at 0 is 0, and it is read off the result. */
export const relu = unaryOp({
  slug: "relu",
  accepts: "float",
  onnx: "Relu",
  value: (x) => (x > 0 ? x : x === x ? 0 : x),
  gradient({ g, y, emit, scalar }) {
    const active = emit("greater", [y, scalar(0, y.dtype)]);
    return emit("mul", [g, emit("cast", [active], { to: y.dtype })]); // on [1024, 1024] 0.5 ms in ONNX Runtime; Sign 1.5, Where 4.6
  },
});
