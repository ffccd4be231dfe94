import { reduceSum } from "../../graph/index.js";
import type { LossBalancer } from "../balancer.js";
import { logLosses } from "../log-losses.js";

/**
 * The sum of logarithms of the losses, Σ log(Lₖ + ε): a task weighs 1/Lₖ, so that the unit of its loss does not matter.
 *
 * @see Navon, Shamsian, Achituve, Maron, Kawaguchi, Chechik & Fetaya 2022, "Multi-Task Learning as a Bargaining Game", the
 * baseline "scale-invariant" of its experiments.
 * Departures: ε = 1e-8 keeps the gradient of a loss of 0 finite; the paper has none.
 */
export const scaleInvariant: LossBalancer = {
  slug: "scale-invariant",
  title: "Scale-invariant",
  description: "the sum of the losses' logarithms (Navon et al. 2022)",
  helps:
    "Losses that differ by orders of magnitude or fall towards 0 at different paces, as with nearly noise-free numbers",
  paper:
    'Navon, Shamsian, Achituve, Maron, Kawaguchi, Chechik & Fetaya 2022, "Multi-Task Learning as a Bargaining Game"',
  options: {},
  heads: "weighted",
  needs: "losses",
  parameters: () => [],
  total: ({ losses, present }) => reduceSum(logLosses(losses, present), [0]),
};
