import { axesAsAttribute, reductionOp } from "../reduction.js";
import { asProduct } from "../sum-product.js";

/** The mean over axes; not a number where there is nothing to average. */
export const reduceMean = reductionOp({
  slug: "reduce-mean",
  accepts: "float",
  onnx(context) {
    if (!asProduct(context, (rows) => 1 / rows)) axesAsAttribute("ReduceMean")(context);
  },
  value: (group) => group.reduce((sum, x) => sum + x, 0) / group.length,
  gradient({ g, x, emit, scalar, attributes: { axes } }) {
    const sizes = axes.map((axis) => x.shape[axis]!);
    if (!sizes.every((size) => typeof size === "number"))
      return emit("div", [g, emit("axis-size", [x], { axes })]);
    return emit("mul", [g, scalar(1 / sizes.reduce((count, size) => count * size, 1), x.dtype)]);
  },
});
