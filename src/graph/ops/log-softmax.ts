import { lineOp, logSoftmaxLine } from "../line-op.js";

/** log of the softmax along one axis, without overflow. */
export const logSoftmax = lineOp({
  slug: "log-softmax",
  onnx: "LogSoftmax",
  value: logSoftmaxLine,
  gradient({ g, y, full, emit, attributes: { axis } }) {
    const whole = full(g, y);
    const sum = emit("reduce-sum", [whole], { axes: [axis], keepDims: true });
    return emit("sub", [whole, emit("mul", [emit("exp", [y]), sum])]);
  },
});
