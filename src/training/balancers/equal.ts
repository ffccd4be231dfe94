import { reduceSum } from "../../graph/index.js";
import type { LossBalancer } from "../balancer.js";

/** The plain sum of the task losses: every task has weight 1. */
export const equal: LossBalancer = {
  slug: "equal",
  title: "Equal weights",
  description: "every task has weight 1",
  helps:
    "Losses on one scale, as Kindred's standardised targets and log losses mostly are: the first thing to try",
  paper: 'Caruana 1997, "Multitask Learning"',
  options: {},
  heads: "weighted",
  needs: "losses",
  parameters: () => [],
  total: ({ losses }) => reduceSum(losses, [0]),
};
