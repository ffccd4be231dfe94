import { reductionOp } from "../reduction.js";
import { asProduct } from "../sum-product.js";

/** The sum over axes. */
export const reduceSum = reductionOp({
  slug: "reduce-sum",
  accepts: "number",
  onnx(context) {
    if (asProduct(context, () => 1)) return;
    const { inputs, outputs, emit, ints } = context;
    const { axes, keepDims } = context.attributes;
    emit("ReduceSum", [inputs[0]!, ints(axes)], { outputs, attributes: { keepdims: keepDims ? 1 : 0 } });
  },
  value: (group) => group.reduce((sum, x) => sum + x, 0),
  gradient: ({ g }) => g,
});
