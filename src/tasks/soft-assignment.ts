import {
  add,
  exp,
  log,
  logSoftmax,
  matmul,
  mul,
  neg,
  reduceSum,
  relu,
  scalar,
  square,
  sub,
  transpose,
} from "../graph/index.js";
import type { Tensor } from "../graph/tensor.js";

/**
 * Log of the soft assignment of points to clusters by a Student-t kernel of one degree of freedom:
 * log qᵢₖ = log (1 + |zᵢ − μₖ|²)⁻¹ − log Σₖ′ (1 + |zᵢ − μₖ′|²)⁻¹.
 *
 * @param points `[…, R, Z]`.
 * @param centroids `[…, K, Z]`, the same leading sizes.
 * @returns `[…, R, K]`.
 * @see Xie, Girshick & Farhadi 2016, "Unsupervised Deep Embedding for Clustering Analysis", eq. 1.
 */
export function logSoftAssignment(points: Tensor, centroids: Tensor): Tensor {
  const distances = squaredDistances(points, centroids);
  return logSoftmax(neg(log(add(distances, scalar(1, points.dtype)))), points.shape.length - 1);
}

/** The soft assignment itself, `[…, R, K]`: see `logSoftAssignment`. */
export function softAssignment(points: Tensor, centroids: Tensor): Tensor {
  return exp(logSoftAssignment(points, centroids));
}

/** |z − μ|² = |z|² + |μ|² − 2 z·μ, kept at 0 or above against rounding: `[…, R, K]`. */
function squaredDistances(points: Tensor, centroids: Tensor): Tensor {
  const last = points.shape.length - 1;
  const flipped = [...points.shape.keys()].map((axis) =>
    axis < last - 1 ? axis : axis === last ? last - 1 : last,
  );
  const pointNorms = reduceSum(square(points), [last], { keepDims: true }); // [..., R, 1]
  const centroidNorms = transpose(reduceSum(square(centroids), [last], { keepDims: true }), flipped); // [..., 1, K]
  const products = matmul(points, transpose(centroids, flipped)); // [..., R, K]
  return relu(sub(add(pointNorms, centroidNorms), mul(products, scalar(2, points.dtype))));
}

/**
 * The sharpened target distribution on the host: pᵢₖ = (qᵢₖ² / fₖ) / Σₖ′ (qᵢₖ′² / fₖ′) with fₖ = Σᵢ qᵢₖ.
 *
 * Squaring favours sure assignments, dividing by the cluster's frequency keeps large clusters from swallowing the rest.
 *
 * @param q soft assignments `[rows, clusters]`, row-major; rows sum to 1.
 * @returns p `[rows, clusters]`; rows sum to 1.
 * @see Xie, Girshick & Farhadi 2016, eq. 3.
 */
export function sharpen(q: Float64Array, rows: number, clusters: number): Float64Array {
  const frequencies = new Float64Array(clusters);
  for (let i = 0; i < rows * clusters; i++) frequencies[i % clusters]! += q[i]!;

  const p = new Float64Array(rows * clusters);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let k = 0; k < clusters; k++) {
      const at = i * clusters + k;
      p[at] = frequencies[k]! > 0 ? q[at]! ** 2 / frequencies[k]! : 0;
      sum += p[at]!;
    }
    for (let k = 0; k < clusters; k++) p[i * clusters + k]! /= sum;
  }
  return p;
}
