import { axesAsAttribute, reductionOp } from "../reduction.js";

/**
 * The product over axes; 1 where there is nothing to multiply. The gradient of an element is the product of the others, right
 * where some are 0 too; the gradient of that gradient is so only where none is.
 */
export const reduceProd = reductionOp({
  slug: "reduce-prod",
  accepts: "float",
  onnx: axesAsAttribute("ReduceProd"),
  value: (group) => group.reduce((total, x) => total * x, 1),
  gradient({ g, x, emit, scalar, attributes: { axes } }) {
    const zero = scalar(0, x.dtype);
    const isZero = emit("equal", [x, zero]);
    const nonZero = emit("where", [isZero, scalar(1, x.dtype), x]);
    const others = emit("div", [emit("reduce-prod", [nonZero], { axes, keepDims: true }), nonZero]);
    const own = emit("cast", [isZero], { to: x.dtype });
    const zeros = emit("sub", [emit("reduce-sum", [own], { axes, keepDims: true }), own]); // among the others
    const product = emit("where", [emit("equal", [zeros, zero]), others, zero]);
    return emit("mul", [g, product]);
  },
});
