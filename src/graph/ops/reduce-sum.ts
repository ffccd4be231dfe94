import { reductionOp } from "../reduction.js";

/** The sum over axes. */
export const reduceSum = reductionOp({
  slug: "reduce-sum",
  accepts: "number",
  onnx({ inputs, outputs, emit, ints, attributes: { axes, keepDims } }) {
    emit("ReduceSum", [inputs[0]!, ints(axes)], { outputs, attributes: { keepdims: keepDims ? 1 : 0 } });
  },
  value: (group) => group.reduce((sum, x) => sum + x, 0),
  gradient: ({ g }) => g,
});
