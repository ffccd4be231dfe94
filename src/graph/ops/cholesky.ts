import { type OnnxContext, type VjpContext, defineOp } from "../op.js";
import { product } from "../shape.js";
import { constant } from "../sources.js";
import { matrixFault, matrixSize } from "../square-matrices.js";
import type { Attributes, Tensor, TensorValue } from "../tensor.js";
import { numbers, value } from "../value.js";

/**
 * The lower triangular L with L·Lᵀ = (A + Aᵀ)/2 for small positive definite matrices.
 *
 * A matrix that is not positive definite gives values that are not finite.
 *
 * @param a `[…, n, n]`, n known and at most 32.
 * @returns `[…, n, n]`, zeros above the diagonal.
 * @see Golub & Van Loan 2013, "Matrix Computations", 4th ed., alg. 4.2.2; Murray 2016, "Differentiation of the Cholesky
 * Decomposition", eq. 10. https://arxiv.org/abs/1602.07527
 * Departures: the symmetric part is factorised, so that the gradient is symmetric and holds for each element alone.
 */
export const cholesky = defineOp(
  {
    slug: "cholesky",
    infer(context) {
      const fault = matrixFault(context);
      if (fault) throw fault;
      return [context.inputs[0]!];
    },
    vjp: (context) => [gradient(context)],
    batch: ({ inputs, emit }) => [emit("cholesky", inputs)],
    onnx: written,
    reference({ inputs }) {
      const a = inputs[0]!;
      const n = matrixSize(a.shape);
      const result = new Float64Array(numbers(a).length);
      for (let i = 0; i < product(a.shape.slice(0, -2)); i++)
        factorise(numbers(a).subarray(i * n * n), result.subarray(i * n * n), n);
      return [value(a.shape, result)];
    },
  },
  (apply) => (a: Tensor) => apply([a], {})[0]!,
);

function factorise(a: Float64Array, l: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = (a[i * n + j]! + a[j * n + i]!) / 2;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j]!;
    }
  }
}

/** Ā = (S + Sᵀ)/2 with S = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹, where Φ keeps the lower triangle and halves the diagonal. */
function gradient({ outputs, g, full, emit }: VjpContext<Attributes>): Tensor {
  const l = outputs[0]!;
  const rank = l.shape.length;
  const perm = [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2];
  const turned = (x: Tensor): Tensor => emit("transpose", [x], { perm });
  const product = emit("matmul", [l, full(g, l)], { transposeA: true, transposeB: false });
  const kept = emit("mul", [product, constant(halvedTriangle(l))]); // Φ
  const lT = turned(l);
  const left = emit("solve", [lT, kept]); // L⁻ᵀ Φ
  const s = turned(emit("solve", [lT, turned(left)])); // (L⁻ᵀ (L⁻ᵀ Φ)ᵀ)ᵀ
  return emit("mul", [emit("add", [s, turned(s)]), constant(half(l.dtype))]);
}

function halvedTriangle({ shape, dtype }: Tensor): TensorValue {
  const n = matrixSize(shape);
  const factor = (at: number): number => {
    const [i, j] = [Math.floor(at / n), at % n];
    return i === j ? 0.5 : i > j ? 1 : 0;
  };
  const data = Float64Array.from({ length: n * n }, (_, at) => factor(at));
  return { dtype, shape: [n, n], data: dtype === "float64" ? data : Float32Array.from(data) };
}

const half = (dtype: Tensor["dtype"]): TensorValue => ({
  dtype,
  shape: [],
  data: dtype === "float64" ? Float64Array.of(0.5) : Float32Array.of(0.5),
});

/** Column by column; what a column explains is subtracted from the rest. */
function written({ node, inputs, outputs, emit, ints, scalar }: OnnxContext<Attributes>): void {
  const { shape, dtype } = node.inputs[0]!;
  const [n, rank] = [matrixSize(shape), shape.length];
  const perm = [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2];
  const turned = (x: string): string => emit("Transpose", [x], { attributes: { perm } });
  const part = (x: string, axes: readonly number[], from: number, to: number): string =>
    emit("Slice", [x, ints(axes.map(() => from)), ints(axes.map(() => to)), ints(axes)]);
  let rest = emit("Mul", [emit("Add", [inputs[0]!, turned(inputs[0]!)]), scalar(0.5, dtype)]);
  const columns: string[] = [];
  for (let k = 0; k < n; k++) {
    const head = emit("Sqrt", [part(rest, [-2, -1], 0, 1)]); // [.., 1, 1]
    const column = emit("Div", [part(rest, [-1], 0, 1), head]); // [.., n − k, 1], its first element √a₀₀ to rounding
    const before = [...Array.from({ length: rank - 2 }, () => 0), k, 0];
    columns.push(k === 0 ? column : emit("Pad", [column, ints([...before, ...before.map(() => 0)])]));
    if (k === n - 1) continue;
    const below = part(column, [-2], 1, n - k);
    rest = emit("Sub", [part(rest, [-2, -1], 1, n - k), emit("Mul", [below, turned(below)])]);
  }
  emit("Concat", columns, { outputs, attributes: { axis: -1 } });
}
