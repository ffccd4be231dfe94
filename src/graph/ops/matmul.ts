import { batchMatmul } from "../batching/matmul.js";
import { type VjpContext, defineOp } from "../op.js";
import { accepts } from "../elementwise.js";
import { broadcastShapes, product, strides } from "../shape.js";
import type { Dim, Tensor } from "../tensor.js";
import { broadcastSizes, broadcastTo, numbers, value } from "../value.js";

interface Flags {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly [key: string]: boolean;
}

type Context = VjpContext<Flags>;

/**
 * The product of matrices: `[…, n, k]` and `[…, k, m]` to `[…, n, m]`; leading axes broadcast, each flag swaps an input's last
 * two axes first.
 */
export const matmul = defineOp<
  Flags,
  (a: Tensor, b: Tensor, options?: { transposeA?: boolean; transposeB?: boolean }) => Tensor
>(
  {
    slug: "matmul",
    infer({ inputs, attributes, fail }) {
      const [a, b] = [inputs[0]!, inputs[1]!];
      if (a.dtype !== b.dtype)
        throw fail("inputs", "of one type", "Cast one of them.", `${a.dtype} and ${b.dtype}`);
      if (!accepts("float", a.dtype))
        throw fail("inputs", "of type float32 or float64", "Cast them.", a.dtype);
      const [n, k] = matrix(a.shape, attributes.transposeA);
      const [k2, m] = matrix(b.shape, attributes.transposeB);
      const lead = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
      if (n === undefined || m === undefined || k !== k2 || !lead) {
        const forms = [
          attributes.transposeA ? "[.., k, n]" : "[.., n, k]",
          attributes.transposeB ? "[.., m, k]" : "[.., k, m]",
        ];
        throw fail("inputs", forms.join(" and "), "The sizes k must agree and leading sizes must broadcast.");
      }
      return [{ shape: [...lead, n, m], dtype: a.dtype }];
    },
    vjp(context) {
      const { inputs, outputs, g, wanted, full, reduceTo } = context;
      const a = inputs[0]!;
      const whole = full(g, outputs[0]!);
      return [
        wanted[0] ? reduceTo(leftCotangent(context, whole), withLead(a, outputs[0]!), a) : undefined,
        wanted[1] ? rightCotangent(context, whole) : undefined,
      ];
    },
    batch: batchMatmul,
    onnx({ node, inputs, outputs, attributes: { transposeA, transposeB }, emit, scalar }) {
      const flat = node.inputs.every(({ shape }) => shape.length === 2);
      if (flat && (transposeA || transposeB)) {
        emit("Gemm", inputs, {
          outputs,
          attributes: { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 },
        });
        return;
      }
      const inner = transposeA ? node.inputs[0]!.shape.at(-2)! : node.inputs[0]!.shape.at(-1)!;
      const someInner = typeof inner === "number" && inner > 0;
      if (someInner && transposeA && !transposeB && isNarrow(node.outputs[0]!.shape)) {
        const perms = [node.inputs[1]!, node.outputs[0]!].map(({ shape }) => swapped(shape.length));
        const right = emit("Transpose", [inputs[1]!], { attributes: { perm: perms[0]! } });
        const turned = emit("MatMul", [right, inputs[0]!]);
        emit("Transpose", [turned], { outputs, attributes: { perm: perms[1]! } });
        return;
      }
      const turned = inputs.map((name, i) => {
        const rank = node.inputs[i]!.shape.length;
        if (!(i === 0 ? transposeA : transposeB)) return name;
        return emit("Transpose", [name], { attributes: { perm: swapped(rank) } });
      });
      if (someInner || node.outputs[0]!.shape.length === 2) {
        emit("MatMul", turned, { outputs });
        return;
      }
      // Of several products over no elements ONNX Runtime 1.30 sets only the first to 0 and leaves the others as memory was.
      const size = emit("Gather", [emit("Shape", [turned[0]!]), scalar(-1, "int64")]);
      const some = emit("Greater", [size, scalar(0, "int64")]);
      emit("Where", [some, emit("MatMul", turned), scalar(0, node.outputs[0]!.dtype)], { outputs });
    },
    reference({ inputs, attributes }) {
      const lead = broadcastSizes(inputs[0]!.shape.slice(0, -2), inputs[1]!.shape.slice(0, -2));
      const [a, b] = inputs.map((x) => broadcastTo(x, [...lead, ...x.shape.slice(-2)]));
      const [n, k] = matrix(a!.shape, attributes.transposeA) as [number, number];
      const [, m] = matrix(b!.shape, attributes.transposeB) as [number, number];
      const [stepN, stepK] = matrix(strides(a!.shape), attributes.transposeA) as [number, number];
      const [stepK2, stepM] = matrix(strides(b!.shape), attributes.transposeB) as [number, number];
      const [x, y] = [numbers(a!), numbers(b!)];
      const result = new Float64Array(product(lead) * n * m);
      for (let at = 0; at < result.length; at++) {
        const [batch, i, j] = [Math.floor(at / (n * m)), Math.floor(at / m) % n, at % m];
        let sum = 0;
        for (let c = 0; c < k; c++)
          sum += x[batch * n * k + i * stepN + c * stepK]! * y[batch * k * m + c * stepK2 + j * stepM]!;
        result[at] = sum;
      }
      return [value([...lead, n, m], result)];
    },
  },
  (apply) =>
    (a, b, { transposeA = false, transposeB = false } = {}) =>
      apply([a, b], { transposeA, transposeB })[0]!,
);

const NARROW = 12; // columns; ONNX Runtime computes 16 at a time

/**
 * Whether AᵀB is computed as (BᵀA)ᵀ, of many products with few columns, as gradients of linear heads are: 16 of 64 rows, 128 by 4,
 * take 33 µs instead of 71; from 16 columns on, and for one, nothing is gained.
 */
function isNarrow(shape: readonly Dim[]): boolean {
  const [n, m] = [shape.at(-2), shape.at(-1)];
  if (shape.length < 3 || typeof n !== "number" || typeof m !== "number") return false;
  return m > 1 && m <= NARROW && n > m;
}

/** g·Bᵀ, or B·gᵀ for a transposed A. */
function leftCotangent({ inputs, attributes: { transposeA, transposeB }, emit }: Context, g: Tensor): Tensor {
  const b = inputs[1]!;
  if (transposeA) return emit("matmul", [b, g], { transposeA: transposeB, transposeB: true });
  return emit("matmul", [g, b], { transposeA: false, transposeB: !transposeB });
}

/** Aᵀ·g, or gᵀ·A for a transposed B; one big product when B has no leading axes but A has. */
function rightCotangent(context: Context, g: Tensor): Tensor {
  const { inputs, outputs, attributes, emit, reduceTo } = context;
  const [a, b] = [inputs[0]!, inputs[1]!];
  const { transposeA, transposeB } = attributes;
  const merge = b.shape.length === 2 && a.shape.length > 2 && !transposeA;
  const [x, y] = merge ? [asMatrix(context, a), asMatrix(context, g)] : [a, g];
  const cotangent = transposeB
    ? emit("matmul", [y, x], { transposeA: true, transposeB: transposeA })
    : emit("matmul", [x, y], { transposeA: !transposeA, transposeB: false });
  return merge ? cotangent : reduceTo(cotangent, withLead(b, outputs[0]!), b);
}

/** A tensor's rows under all its leading axes as one matrix. */
function asMatrix({ emit }: Context, x: Tensor): Tensor {
  const lead = x.shape.slice(0, -1);
  const sizes = lead.filter((dim) => typeof dim === "number").reduce((count, size) => count * size, 1);
  const symbols = lead
    .filter((dim) => typeof dim === "string")
    .flatMap((dim) => dim.split("*"))
    .sort();
  const rows: Dim = symbols.length === 0 ? sizes : [...(sizes === 1 ? [] : [sizes]), ...symbols].join("*");
  return emit("reshape", [x], { shape: [rows, x.shape.at(-1)!] });
}

/** Stands for an input with the leading axes of the result: only its shape is read. */
const withLead = (input: Tensor, output: Tensor): Tensor => ({
  ...input,
  shape: [...output.shape.slice(0, -2), ...input.shape.slice(-2)],
});

function matrix<T>(shape: readonly T[], transposed: boolean): [T | undefined, T | undefined] {
  if (shape.length < 2) return [undefined, undefined];
  return transposed ? [shape.at(-1), shape.at(-2)] : [shape.at(-2), shape.at(-1)];
}

function swapped(rank: number): number[] {
  return Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2));
}
