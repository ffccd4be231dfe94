import { Matrix, QrDecomposition } from "ml-matrix";
import type { Random } from "../base/random.js";

/** Fills a parameter tensor. `fanIn` and `fanOut` are the sizes of the last two axes that a matrix product joins. */
export type Initializer = (
  size: { fanIn: number; fanOut: number; count: number },
  random: Random,
) => Float32Array;

const fill = (count: number, draw: () => number): Float32Array => Float32Array.from({ length: count }, draw);

/**
 * Named initialisation schemes.
 *
 * - `he-normal`: N(0, 2/fanIn). He et al. 2015, "Delving Deep into Rectifiers", eq. 10.
 * - `glorot-uniform`: U(±√(6/(fanIn+fanOut))). Glorot & Bengio 2010, "Understanding the difficulty of training deep
 *   feedforward neural networks", eq. 16.
 * - `fan-in-uniform`: U(±1/√fanIn), a third of the variance that keeps a linear layer's scale (LeCun et al. 1998, "Efficient
 *   BackProp", sec. 4.6): a quieter start than He's, which overfits small tables less.
 * - `orthogonal`: each matrix `[fanIn, fanOut]` has orthonormal rows or columns. Saxe et al. 2014, "Exact solutions to the
 *   nonlinear dynamics of learning in deep linear neural networks", sec. 3.
 * - `normal`: N(0, 1). `signs`: ±1 with equal chance. `zeros`, `ones`.
 */
export const INITIALIZERS = {
  "he-normal": ({ fanIn, count }, random) => fill(count, () => random.normal() * Math.sqrt(2 / fanIn)),
  "glorot-uniform": ({ fanIn, fanOut, count }, random) => {
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    return fill(count, () => (2 * random.uniform() - 1) * limit);
  },
  "fan-in-uniform": ({ fanIn, count }, random) =>
    fill(count, () => (2 * random.uniform() - 1) / Math.sqrt(fanIn)),
  orthogonal: ({ fanIn, fanOut, count }, random) => {
    const stack = count / (fanIn * fanOut);
    const out = new Float32Array(count);
    for (let i = 0; i < stack; i++) out.set(orthogonal(fanIn, fanOut, random), i * fanIn * fanOut);
    return out;
  },
  normal: ({ count }, random) => fill(count, () => random.normal()),
  signs: ({ count }, random) => fill(count, () => (random.uniform() < 0.5 ? -1 : 1)),
  zeros: ({ count }) => new Float32Array(count),
  ones: ({ count }) => new Float32Array(count).fill(1),
} satisfies Record<string, Initializer>;

/** Schemes a user may choose for the shared trunk's weights. */
export const TRUNK_INITIALIZERS = ["fan-in-uniform", "he-normal", "glorot-uniform", "orthogonal"] as const;

/** The name of an initialisation scheme. */
export type InitializerName = keyof typeof INITIALIZERS;

function orthogonal(rows: number, columns: number, random: Random): Float32Array {
  const tall = Math.max(rows, columns);
  const thin = Math.min(rows, columns);
  const gaussian = new Matrix(tall, thin);
  for (let r = 0; r < tall; r++) for (let c = 0; c < thin; c++) gaussian.set(r, c, random.normal());
  const qr = new QrDecomposition(gaussian);
  const [q, r] = [qr.orthogonalMatrix, qr.upperTriangularMatrix];
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < tall; i++) {
    for (let j = 0; j < thin; j++) {
      const value = q.get(i, j) * (r.get(j, j) < 0 ? -1 : 1); // makes the draw uniform over orthogonal matrices
      out[rows >= columns ? i * columns + j : j * columns + i] = value;
    }
  }
  return out;
}
