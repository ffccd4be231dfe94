import { constant } from "../sources.js";
import { type VjpContext, defineOp } from "../op.js";
import { product } from "../shape.js";
import { eliminate, identityOf, matrixFault, matrixSize } from "../square-matrices.js";
import type { Tensor } from "../tensor.js";
import { numbers, value } from "../value.js";

/**
 * Determinants of square matrices.
 *
 * The gradient is det(A) · A⁻ᵀ; it is not finite where a matrix is singular.
 *
 * @param a `[…, n, n]` of known n.
 * @returns `[…]`.
 */
export const det = defineOp(
  {
    slug: "det",
    infer(context) {
      const fault = matrixFault(context, Number.POSITIVE_INFINITY);
      if (fault) throw fault;
      const { shape, dtype } = context.inputs[0]!;
      return [{ shape: shape.slice(0, -2), dtype }];
    },
    vjp: (context) => [gradient(context)],
    batch: ({ inputs, emit }) => [emit("det", inputs)],
    onnx: ({ inputs, outputs, emit }) => void emit("Det", inputs, { outputs }),
    reference({ inputs }) {
      const a = inputs[0]!;
      const [lead, n] = [a.shape.slice(0, -2), matrixSize(a.shape)];
      const found = Array.from({ length: product(lead) }, (_, i) => {
        const matrix = numbers(a).slice(i * n * n, (i + 1) * n * n);
        return eliminate(matrix, new Float64Array(0), n, 0);
      });
      return [value(lead, found)];
    },
  },
  (apply) => (a: Tensor) => apply([a], {})[0]!,
);

function gradient({ inputs, outputs, g, full, emit }: VjpContext<object>): Tensor {
  const [a, y] = [inputs[0]!, outputs[0]!];
  const rank = a.shape.length;
  const turned = emit("transpose", [a], { perm: [...y.shape.keys(), rank - 1, rank - 2] });
  const inverse = emit("solve", [turned, emit("expand-like", [constant(identityOf(a)), a])]); // A⁻ᵀ
  const scale = emit("mul", [full(g, y), y]);
  return emit("mul", [emit("reshape", [scale], { shape: [...y.shape, 1, 1] }), inverse]);
}
