import { nonNegativeQuadratic } from "./non-negative-quadratic.js";
import { matrixTimes } from "./products.js";

/**
 * Coordinates v ≥ u of the projection of Σ uₖ·gₖ on the cone of directions that make no angle above 90° with any of the unit
 * vectors gₖ: the minimiser of vᵀ·C·v over v ≥ u. Then C·v ≥ 0.
 *
 * @param cosines C `[n, n]`, the vectors' Gramian.
 * @param u `[n]`, the coordinates of what is projected, at least 0.
 * @see Quinton & Rey 2024, "Jacobian Descent for Multi-Objective Optimization", proposition 1.
 */
export function projectOnDualCone(cosines: Float64Array, u: Float64Array): Float64Array {
  const extra = nonNegativeQuadratic(cosines, matrixTimes(cosines, u));
  return extra.map((value, i) => value + u[i]!);
}
