import { bestOnSimplex } from "../../base/linear-algebra/linear-program.js";
import { minNormPoint } from "../../base/linear-algebra/min-norm-point.js";
import { matrixTimes } from "../../base/linear-algebra/products.js";
import type { GramianBalancer } from "../balancer.js";
import { stateless } from "../gramian.js";

const LEAST_SHARE = 1e-12; // of a weighted loss among all, so that its logarithm is finite

/**
 * Exact Pareto optimal search: first brings the losses into the ratio that the tasks' weights r ask for, r₁·L₁ = … = r_K·L_K,
 * letting some rise where they must; then goes down for all.
 *
 * With shares s = r∘L / Σ r∘L the distance from that ratio is μ = Σ sₖ·log(K·sₖ), and a = r∘(log(K·s) − μ) is the direction of
 * losses that lowers it. C is the Gramian; weights are K·α with α on the simplex:
 * above `tolerance`, the largest αᵀ·C·a with (C·α)ⱼ ≥ 0 for the largest r·L and (C·α)ⱼ ≥ (C·a)ⱼ for tasks that a lets rise (for
 * all tasks (C·α)ⱼ ≥ 0 if a lets every one rise); below it, the largest Σ C·α with C·α ≥ 0 that does not undo the ratio,
 * αᵀ·C·a ≥ min(0, max C·a). Larger weights mean smaller losses.
 *
 * @see Mahapatra & Rajan 2020, "Multi-Task Learning with User Preferences: Gradient Descent with Controlled Ascent in Pareto
 * Optimization", eqs. 14 and 19.
 * Departures: where rounding leaves the program without a solution the weights are MGDA's. The factor K, which makes a step as
 * long as with equal weights, is that of the authors' code for networks; so are the tolerance and the bound αᵀ·C·a.
 */
export const epo: GramianBalancer = {
  slug: "epo",
  title: "EPO",
  description:
    "brings losses into the ratio that the tasks' weights ask for, then lowers all (Mahapatra & Rajan 2020)",
  helps: "You know in which ratio the losses should end",
  paper:
    'Mahapatra & Rajan 2020, "Multi-Task Learning with User Preferences: Gradient Descent with Controlled Ascent in Pareto Optimization"',
  options: {
    tolerance: {
      default: 1e-4,
      min: 0,
      max: 1,
      doc: "distance μ from the wanted ratio of losses up to which all losses are lowered",
    },
  },
  heads: "weighted",
  weighs: true,
  needs: "gramian",
  state: stateless,
  weights({ gramian, losses, weights: preferences, options }) {
    const K = losses.length;
    if (K === 1) return Float64Array.of(1);
    const { distance, direction, weighted } = ratioOf(losses, preferences);
    const pulled = matrixTimes(gramian, direction); // C·a
    const highest = weighted.reduce((most, value) => Math.max(most, value), 0);
    const balancing = distance > options["tolerance"]!;
    const rising = balancing && pulled.some((value) => value > 0);
    const least = Float64Array.from(pulled, (pull, j) => {
      if (!rising || weighted[j] === highest) return 0;
      return pull > 0 ? -Infinity : pull;
    });
    const kept = Int32Array.from(least.keys()).filter((j) => least[j] !== -Infinity);
    const rows = Array.from(kept, (j) => gramian.subarray(j * K, j * K + K));
    const bounds = Array.from(kept, (j) => -least[j]!);
    if (!balancing) {
      rows.push(pulled);
      bounds.push(
        -Math.min(
          0,
          pulled.reduce((most, value) => Math.max(most, value), -Infinity),
        ),
      );
    }
    const objective = balancing ? pulled : matrixTimes(gramian, new Float64Array(K).fill(1));
    const alpha = bestOnSimplex({
      objective,
      rows: Float64Array.from(rows.flatMap((row) => Array.from(row, (value) => -value))),
      bounds: Float64Array.from(bounds),
    });
    return (alpha ?? minNormPoint(gramian)).map((share) => K * share);
  },
};

/** How far the losses are from the wanted ratio: μ, a and r∘L. */
function ratioOf(
  losses: Float64Array,
  preferences: Float64Array,
): { readonly distance: number; readonly direction: Float64Array; readonly weighted: Float64Array } {
  const K = losses.length;
  const most = preferences.reduce((a, b) => Math.max(a, b), 0) || 1;
  const largest = losses.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
  const r = preferences.map((value) => value / most);
  const weighted = losses.map((loss, k) => r[k]! * Math.max(0, loss / largest));
  const sum = weighted.reduce((a, b) => a + b, 0);
  const logs = weighted.map((value) => Math.log(K * Math.max(LEAST_SHARE, sum > 0 ? value / sum : 1 / K)));
  const distance = weighted.reduce(
    (total, value, k) => total + (sum > 0 ? value / sum : 1 / K) * logs[k]!,
    0,
  );
  return { distance, direction: logs.map((log, k) => r[k]! * (log - distance)), weighted };
}
