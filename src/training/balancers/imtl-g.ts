import { atPlaces, correlationForm } from "../../base/linear-algebra/correlation.js";
import { pseudoSolve } from "../../base/linear-algebra/pseudo-inverse.js";
import type { GramianBalancer } from "../balancer.js";
import { RANK_TOLERANCE, stateless } from "../gramian.js";

const VANISHING = 1e-12; // a sum of weights this share of their sizes cannot be divided by

/**
 * The direction whose projections on all tasks' gradients are equal: A·w ∝ d with d the gradients' norms, Σw = 1. Weights may
 * be negative.
 *
 * Solved as C·v = 1 with C the cosines and w = v/d, so that it is independent of how far the norms spread.
 *
 * @see Liu et al. 2021, "Towards Impartial Multi-task Learning", eq. 6.
 * Departures: gradients of 0 get the weight 0. Where gradients depend on each other, the pseudo-inverse of the cosines is used
 * (the paper has none; TorchJD uses that of A, which agrees for gradients of one length). Where the weights sum to 0, all are 0.
 */
export const imtlG: GramianBalancer = {
  slug: "imtl-g",
  title: "IMTL-G",
  description: "equal projections on all tasks' gradients (Liu et al. 2021)",
  helps: "Every task should gain alike in each step, whatever the scale of its loss",
  paper: 'Liu et al. 2021, "Towards Impartial Multi-task Learning"',
  options: {},
  heads: "own",
  needs: "gramian",
  state: stateless,
  weights({ gramian, losses }) {
    const form = correlationForm(gramian);
    const v = pseudoSolve(form.cosines, new Float64Array(form.n).fill(1), RANK_TOLERANCE);
    let [sum, size] = [0, 0];
    for (let k = 0; k < form.n; k++) {
      v[k] = v[k]! / form.norms[k]!;
      sum += v[k]!;
      size += Math.abs(v[k]!);
    }
    const regular = Math.abs(sum) > VANISHING * size;
    return atPlaces(form, losses.length, regular ? v.map((value) => value / sum) : v.fill(0), 0);
  },
};
