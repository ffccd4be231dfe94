import { exp, mul, reduceSum, sub } from "../../graph/index.js";
import type { LossBalancer } from "../balancer.js";

/**
 * Impartial multi-task learning by losses, IMTL-L: Σ (e^(sₖ)·Lₖ − sₖ) with a learned scale s per task.
 *
 * The scales start at 0 and carry no weight decay. At the optimum e^s = 1/L: every scaled loss is 1, and the objective is
 * Σ (1 + log Lₖ).
 *
 * @see Liu, Li, Kuang, Xue, Chen, Yang, Liao & Zhang 2021, "Towards Impartial Multi-task Learning", its loss balance.
 */
export const imtlL: LossBalancer = {
  slug: "imtl-l",
  title: "IMTL-L",
  description: "learned scale per task that brings every loss to 1 (Liu et al. 2021)",
  helps: "Losses of unlike scale, as a learned form of the sum of logarithms",
  paper: 'Liu, Li, Kuang, Xue, Chen, Yang, Liao & Zhang 2021, "Towards Impartial Multi-task Learning"',
  options: {},
  heads: "weighted",
  needs: "losses",
  parameters: (tasks) => [{ name: "balancer.scale", shape: [tasks], init: "zeros", decay: false }],
  total({ losses, present, parameters }) {
    const s = parameters["balancer.scale"]!;
    return reduceSum(sub(mul(exp(s), losses), mul(s, present)), [0]);
  },
};
