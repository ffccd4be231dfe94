import { unaryWith } from "../elementwise.js";
import type { Tensor } from "../tensor.js";

/** x to a static power; powers 2, ½ and −1 become a product, a root and a reciprocal. */
export const pow = unaryWith<{ readonly exponent: number }, (x: Tensor, exponent: number) => Tensor>(
  {
    slug: "pow",
    accepts: "float",
    onnx({ node, attributes, inputs, outputs, emit, scalar }) {
      const x = inputs[0]!;
      const { exponent } = attributes;
      if (exponent === 2) emit("Mul", [x, x], { outputs });
      else if (exponent === 0.5) emit("Sqrt", [x], { outputs });
      else if (exponent === -1) emit("Reciprocal", [x], { outputs });
      else emit("Pow", [x, scalar(exponent, node.inputs[0]!.dtype)], { outputs });
    },
    value: (x, { exponent }) => x ** exponent,
    gradient({ g, x, attributes: { exponent }, emit, scalar }) {
      const slope = exponent === 2 ? x : emit("pow", [x], { exponent: exponent - 1 });
      return emit("mul", [emit("mul", [g, scalar(exponent, x.dtype)]), slope]);
    },
  },
  (apply) => (x, exponent) => apply([x], { exponent })[0]!,
);
