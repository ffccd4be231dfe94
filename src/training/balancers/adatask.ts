import { reduceSum } from "../../graph/index.js";
import type { JacobianBalancer } from "../balancer.js";

/**
 * The optimiser keeps what it remembers of the shared parameters apart for each task and adds up their steps: with Adam
 * mₖ and vₖ follow gₖ alone, and θ ← θ − α·Σ m̂ₖ/(√v̂ₖ + ε). A task with large gradients so moves no parameter further than the
 * others do.
 *
 * It goes with any optimiser, also with one of matrices. A gradient is clipped by the length of the tasks' sum, weight decay is
 * shared equally by the tasks that are present, and the optimiser's state of absent tasks rests.
 *
 * @see Yang, Pan, Wang, Zhou, Hu, Guo & Ye 2023, "AdaTask: A Task-Aware Adaptive Learning Rate Approach to Multi-Task Learning",
 * eq. 5 to 7.
 * Departures: the corrections of Adam for its start count all steps, those without a label of the task too.
 */
export const adatask: JacobianBalancer = {
  slug: "adatask",
  title: "AdaTask",
  description: "the optimiser's state kept for each task, their steps summed (Yang et al. 2023)",
  helps: "Tasks of which one dominates the adaptive step size of shared parameters",
  paper:
    'Yang, Pan, Wang, Zhou, Hu, Guo & Ye 2023, "AdaTask: A Task-Aware Adaptive Learning Rate Approach to Multi-Task Learning"',
  options: {},
  heads: "own",
  needs: "jacobian",
  state: [],
  stepPerTask: true,
  direction: ({ jacobian }) => ({ direction: reduceSum(jacobian, [0]) }),
};
