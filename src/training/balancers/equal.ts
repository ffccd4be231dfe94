import { reduceSum } from "../../graph/index.js";
import type { Balancer } from "../balancer.js";

/** The plain sum of the task losses: every task has weight 1. */
export const equal: Balancer = {
  slug: "equal",
  description: "every task has weight 1",
  needs: "losses",
  parameters: () => [],
  total: ({ losses }) => reduceSum(losses, [0]),
};
