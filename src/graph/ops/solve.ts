import { type Inference, type OnnxContext, type VjpContext, defineOp } from "../op.js";
import { type Shape, broadcastShapes, formatShape, product, sameShape } from "../shape.js";
import { eliminate, matrixFault, matrixSize } from "../square-matrices.js";
import type { Attributes, Tensor } from "../tensor.js";
import { numbers, value } from "../value.js";
import { expand } from "./expand.js";

type NoAttributes = Readonly<Record<never, never>>;

/**
 * X of A·X = B for small square matrices, by elimination with row exchanges; leading axes broadcast.
 *
 * A singular A gives values that are not finite.
 *
 * @param a `[…, n, n]`, n known and at most 32.
 * @param b `[…, n, m]`, m known.
 * @returns `[…, n, m]`.
 * @see Golub & Van Loan 2013, "Matrix Computations", 4th ed., sec. 3.4 (partial pivoting); Giles 2008, "Collected Matrix
 * Derivative Results for Forward and Reverse Mode Algorithmic Differentiation", sec. 2.3.1 (the gradient).
 * Departures: rows above the pivot are eliminated as well (Gauss-Jordan), which needs no substitution afterwards.
 */
export const solve = defineOp<NoAttributes, (a: Tensor, b: Tensor) => Tensor>(
  {
    slug: "solve",
    infer(context) {
      const fault = matrixFault(context) ?? rightSideFault(context);
      if (fault) throw fault;
      return [context.inputs[1]!];
    },
    vjp: gradient,
    batch: ({ whole, emit }) => [emit("solve", [whole(0), whole(1)])],
    onnx: written,
    reference({ inputs }) {
      const [a, b] = [inputs[0]!, inputs[1]!];
      const [n, m] = [matrixSize(a.shape), b.shape.at(-1)!];
      const result = numbers(b).slice();
      const count = product(a.shape.slice(0, -2));
      for (let i = 0; i < count; i++) {
        const matrix = numbers(a).slice(i * n * n, (i + 1) * n * n);
        eliminate(matrix, result.subarray(i * n * m, (i + 1) * n * m), n, m);
      }
      return [value(b.shape, result)];
    },
  },
  (apply) => (a, b) => {
    const lead = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
    if (!lead) return apply([a, b], {})[0]!; // the rule says what is wrong
    const whole = (x: Tensor): Tensor => expand(x, [...lead, ...x.shape.slice(-2)]);
    return apply([whole(a), whole(b)], {})[0]!;
  },
);

function rightSideFault({ inputs, fail }: Inference<NoAttributes>): ReturnType<typeof fail> | undefined {
  const [a, b] = [inputs[0]!, inputs[1]!];
  if (b.dtype !== a.dtype)
    return fail("inputs", "of one type", "Cast one of them.", `${a.dtype} and ${b.dtype}`);
  const fits =
    sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2)) &&
    a.shape.length === b.shape.length &&
    b.shape.at(-2) === a.shape.at(-1) &&
    typeof b.shape.at(-1) === "number";
  if (fits) return undefined;
  return fail("right side", `[.., ${matrixSize(a.shape)}, m], m known`, undefined, formatShape(b.shape));
}

/** B̄ = A⁻ᵀ X̄ and Ā = −B̄ Xᵀ. */
function gradient(context: VjpContext<NoAttributes>): readonly (Tensor | undefined)[] {
  const { inputs, outputs, wanted, g, full, emit } = context;
  const [a, x] = [inputs[0]!, outputs[0]!];
  const turned = emit("transpose", [a], { perm: turn(a.shape) });
  const right = emit("solve", [turned, full(g, x)]);
  const left = (): Tensor =>
    emit("neg", [emit("matmul", [right, x], { transposeA: false, transposeB: true })]);
  return [wanted[0] ? left() : undefined, right];
}

/** The order of axes that swaps the last two. */
function turn({ length }: Shape): number[] {
  return [...Array.from({ length: length - 2 }, (_, axis) => axis), length - 1, length - 2];
}

/** Elimination step by step on `[A | B]`, whose first column goes with every step, until X is left. */
function written({ node, inputs, outputs, emit, ints, scalar }: OnnxContext<Attributes>): void {
  const { shape, dtype } = node.inputs[0]!;
  const n = matrixSize(shape);
  const column = (from: number, x: string, to = from + 1): string =>
    emit("Slice", [x, ints([from]), ints([to]), ints([-1])]);
  const rows = emit("Unsqueeze", [ints(Array.from({ length: n }, (_, i) => i)), ints([1])]); // [n, 1]
  const zero = scalar(0, dtype);
  let joined = emit("Concat", [inputs[0]!, inputs[1]!], { attributes: { axis: -1 } });
  for (let k = 0; k < n; k++) {
    const head = column(0, joined); // [.., n, 1]
    const rest = column(1, joined, FAR);
    const below = emit("Slice", [emit("Abs", [head]), ints([k]), ints([n]), ints([-2])]);
    const place = emit("ArgMax", [below], { attributes: { axis: -2, keepdims: 1 } });
    const chosen = emit("Equal", [rows, emit("Add", [place, scalar(k, "int64")])]); // [.., n, 1]
    const [headHere, restHere] = [head, rest].map((x) =>
      emit("Slice", [x, ints([k]), ints([k + 1]), ints([-2])]),
    );
    const picked = (x: string): string =>
      emit("ReduceSum", [emit("Where", [chosen, x, zero]), ints([-2])], { attributes: { keepdims: 1 } });
    const pivot = emit("Div", [picked(rest), picked(head)]); // [.., 1, w]
    const exchanged = emit("Where", [chosen, restHere!, rest]);
    const factors = emit("Where", [chosen, headHere!, head]);
    const eliminated = emit("Sub", [exchanged, emit("Mul", [factors, pivot])]);
    const here = emit("Equal", [rows, scalar(k, "int64")]);
    const last = k === n - 1;
    joined = emit("Where", [here, pivot, eliminated], last ? { outputs } : {});
  }
}

const FAR = 2 ** 31; // past the end of any axis
