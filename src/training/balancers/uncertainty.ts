import { add, constant, exp, mul, neg, reduceSum, scalar } from "../../graph/index.js";
import type { LossBalancer } from "../balancer.js";

/**
 * Homoscedastic uncertainty weighting with a learned log-variance s per task: Σ c·e^(−s)·L + ½s, where c = ½ for a
 * Gaussian likelihood (squared error) and 1 for a categorical one.
 *
 * The log-variances start at 0 and carry no weight decay; at the optimum of s a Gaussian task contributes ½(1 + log L).
 *
 * @see Kendall, Gal & Cipolla 2018, "Multi-Task Learning Using Uncertainty to Weigh Losses", eqs. 7 and 10.
 * Departures: LibMTL starts s at −0.5 and uses c = ½ for every kind. A clustering loss counts as categorical.
 */
export const uncertainty: LossBalancer = {
  slug: "uncertainty",
  title: "Uncertainty weighting",
  description: "learned log-variance per task (Kendall et al. 2018)",
  helps: "Tasks whose noise differs much: noisy ones should not drown the others",
  paper:
    'Kendall, Gal & Cipolla 2018, "Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and Semantics"',
  options: {},
  heads: "weighted",
  needs: "losses",
  parameters: (tasks) => [{ name: "balancer.log-variance", shape: [tasks], init: "zeros", decay: false }],
  total({ losses, present, kinds, parameters }) {
    const s = parameters["balancer.log-variance"]!;
    const values = kinds.map((kind) => (kind.likelihood === "gaussian" ? 0.5 : 1));
    const data = s.dtype === "float64" ? Float64Array.from(values) : Float32Array.from(values);
    const factors = constant({ dtype: s.dtype, shape: [kinds.length], data });
    const weighted = mul(mul(exp(neg(s)), factors), losses);
    const regular = mul(mul(s, scalar(0.5, s.dtype)), present);
    return reduceSum(add(weighted, regular), [0]);
  },
};
