import { choleskyFactor } from "../../base/linear-algebra/cholesky.js";
import { type CorrelationForm, atPlaces, correlationForm } from "../../base/linear-algebra/correlation.js";
import { semidefiniteEigen } from "../../base/linear-algebra/symmetric-eigen.js";
import { spectrum } from "../../base/linear-algebra/tridiagonal.js";
import type { GramianBalancer } from "../balancer.js";
import { RANK_TOLERANCE, stateless } from "../gramian.js";

const MANY = 16; // tasks from which tridiagonal form is the faster way
const SPREAD = 1e-6; // smallest eigenvalue, as a share of the largest, that tridiagonal form leaves exact to about 1e-8

/**
 * Independent component alignment: the gradients are replaced by the nearest orthogonal ones of equal length, whose sum is the
 * direction.
 *
 * A = V·Λ·Vᵀ over the eigenvalues that are not 0; w = √σ·V·Λ^(−½)·Vᵀ·1 with σ the smallest of them, or by `scale` their median
 * or mean. The transformed gradients' singular values are all √σ.
 *
 * @see Senushkin et al. 2023, "Independent Component Alignment for Multi-Task Learning", eq. 13 and algorithm 1.
 * Departures: the rank is decided on the matrix of cosines, so that a short gradient is not taken for a dependent one. TorchJD
 * divides the weights by K; the authors do not. A gradient of 0 gets the weight 0.
 */
export const alignedMtl: GramianBalancer = {
  slug: "aligned-mtl",
  title: "Aligned-MTL",
  description: "the sum of the nearest orthogonal gradients of equal length (Senushkin et al. 2023)",
  helps: "Gradients of unlike lengths that nearly depend on each other, which makes training unstable",
  paper: 'Senushkin et al. 2023, "Independent Component Alignment for Multi-Task Learning"',
  options: {
    scale: {
      default: 0,
      min: 0,
      max: 2,
      integer: true,
      doc: "eigenvalue that gives the common length: 0 the smallest, 1 the median, 2 the mean",
    },
  },
  heads: "own",
  needs: "gramian",
  state: stateless,
  weights({ gramian, losses, options }) {
    const form = correlationForm(gramian);
    const weights = quickly(form, options["scale"]!) ?? exactly(form, options["scale"]!);
    return atPlaces(form, losses.length, weights, 0);
  },
};

/** By rotations that keep small eigenvalues exact. */
function exactly(form: CorrelationForm, scale: number): Float64Array {
  const { values, vectors } = semidefiniteEigen(form, RANK_TOLERANCE);
  const weights = new Float64Array(form.n);
  const sigma = Math.sqrt(commonValue(values, scale));
  for (let k = 0; k < values.length; k++) {
    const vector = vectors.subarray(k * form.n, (k + 1) * form.n);
    const factor = (vector.reduce((sum, x) => sum + x, 0) * sigma) / Math.sqrt(values[k]!);
    for (let i = 0; i < form.n; i++) weights[i] = weights[i]! + factor * vector[i]!;
  }
  return weights;
}

/** By tridiagonal form, for many tasks of full rank whose eigenvalues do not spread far. */
function quickly({ n, norms, cosines }: CorrelationForm, scale: number): Float64Array | undefined {
  if (n < MANY) return undefined;
  const factor = cosines.slice();
  choleskyFactor(factor, n, RANK_TOLERANCE);
  for (let i = 0; i < n; i++) if (factor[i * n + i] === 0) return undefined;
  const { values, coordinates, vector } = spectrum(
    cosines.map((cosine, at) => cosine * norms[Math.floor(at / n)]! * norms[at % n]!),
    n,
  );
  const sorted = values.toSorted().toReversed();
  if (!(sorted[n - 1]! > SPREAD * sorted[0]!)) return undefined;
  const sigma = Math.sqrt(commonValue(sorted, scale));
  const ones = coordinates(new Float64Array(n).fill(1));
  return vector(ones.map((x, k) => (x * sigma) / Math.sqrt(values[k]!)));
}

/** The smallest of descending values, their (lower) median, or their mean. */
function commonValue(values: Float64Array, scale: number): number {
  const r = values.length;
  if (r === 0) return 0;
  if (scale === 0) return values[r - 1]!;
  return scale === 1 ? values[Math.floor(r / 2)]! : values.reduce((sum, value) => sum + value, 0) / r;
}
