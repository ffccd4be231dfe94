import { minNormPoint } from "../../base/linear-algebra/min-norm-point.js";
import { matrixTimes } from "../../base/linear-algebra/products.js";
import type { GramianBalancer } from "../balancer.js";
import { stateless } from "../gramian.js";

/**
 * The shortest combination of gradients with a least weight for every task: w = argmin wᵀ·A·w over Σw = 1, w ≥ c.
 *
 * With w = c·1 + (1 − K·c)·u and u on the simplex, u is the point of least norm in the hull of c·Σg + (1 − K·c)·gₖ. The least
 * weight is given as a share of the even one, c = `floor`/K: 0 is MGDA, 1 equal weights.
 *
 * @see Lin et al. 2019, "A Pareto-Efficient Algorithm for Multiple Objective Optimization in E-Commerce Recommendation", sec. 4.
 * Departures: the problem is solved exactly, where the paper solves it without w ≥ c and projects the answer on the simplex. One
 * least weight for all tasks.
 */
export const peLtr: GramianBalancer = {
  slug: "pe-ltr",
  title: "PE-LTR",
  description: "the shortest combination of gradients with a least weight for each (Lin et al. 2019)",
  helps: "Some tasks must keep at least a given weight",
  paper:
    'Lin et al. 2019, "A Pareto-Efficient Algorithm for Multiple Objective Optimization in E-Commerce Recommendation"',
  options: {
    floor: { default: 0.5, min: 0, max: 1, doc: "least weight of a task, as a share of the even weight" },
  },
  heads: "weighted",
  needs: "gramian",
  state: stateless,
  weights({ gramian, losses, options }) {
    const K = losses.length;
    const least = options["floor"]! / K;
    const rest = 1 - options["floor"]!;
    if (rest === 0) return new Float64Array(K).fill(least);
    const ratio = least / rest;
    const along = matrixTimes(gramian, new Float64Array(K).fill(ratio)); // gₖ·c·Σg / (1 − K·c)
    const square = ratio * along.reduce((sum, value) => sum + value, 0);
    const shifted = gramian.map((entry, at) => entry + along[Math.floor(at / K)]! + along[at % K]! + square);
    return minNormPoint(shifted).map((u) => least + rest * u);
  },
};
