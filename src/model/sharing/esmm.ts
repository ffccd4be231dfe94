import { type Tensor, softplus, sub } from "../../graph/index.js";
import type { SharingArchitecture } from "./architecture.js";
import { forAllTasks } from "./adapted-trunk.js";
import { funnelLacks } from "./funnel-tasks.js";
import { SHARED_LAYERS, towerOutputs, towersLayout } from "./shared-then-towers.js";

/**
 * Entire space multi-task model: steps of a funnel, each of which can be taken only after the one before it.
 *
 * A tower for each task over shared layers says how likely its step is once its parent's was taken, σ(zₖ). The loss of a task
 * is on the probability of all steps up to it, over all rows: pₖ = p_parent·σ(zₖ) (pCTCVR = pCTR·pCVR), so that
 * later steps are learned from every row instead of from those that came so far. In logits, a = logit p_parent:
 * logit pₖ = zₖ − softplus(softplus(zₖ) − a), exact where probabilities round to 0 or 1.
 *
 * A task's second class means that the step is taken. A missing label counts as "not taken" where the parent's says so. With
 * `conditional` 0 a task's prediction is pₖ, for tables whose labels are of all rows; with 1 it is σ(zₖ), for tables where a
 * row has a label only if the step before was taken.
 *
 * @see Ma et al. 2018, "Entire Space Multi-Task Model: An Effective Approach for Estimating Post-Click Conversion Rate", eq. 1
 * to 4.
 * Departures: any number of steps; layers are shared, not embedding tables; a balancer may weigh the losses.
 */
export const esmm: SharingArchitecture = {
  slug: "esmm",
  title: "ESMM",
  description:
    "steps of a funnel: a step's probability is its parent's times its own, over all rows (Ma et al. 2018)",
  helps:
    "Steps of a funnel of which later ones are rare: they are learned from all rows, without selection bias",
  paper:
    'Ma et al. 2018, "Entire Space Multi-Task Model: An Effective Approach for Estimating Post-Click Conversion Rate"',
  options: {
    "shared-layers": SHARED_LAYERS,
    conditional: {
      default: 0,
      min: 0,
      max: 1,
      integer: true,
      doc: "1 to predict a step given the one before it, 0 to predict all steps up to it",
    },
  },
  takesLinks: true,
  entireSpace: true,
  layout: towersLayout,
  features(inputs) {
    const { shape } = inputs;
    return { perTask: forAllTasks(towerOutputs(inputs), shape.tasks.length, shape.members) };
  },
  couple({ tasks, options }, outputs) {
    const joined: Tensor[] = [];
    outputs.forEach((z, k) => {
      const parent = tasks[k]!.parents[0];
      joined.push(parent === undefined ? z : sub(z, softplus(sub(softplus(z), joined[parent]!))));
    });
    return { outputs: joined, ...(options["conditional"] === 1 && { predicted: outputs }) };
  },
  lacks: (shape) => funnelLacks(shape, { steps: true }),
};
