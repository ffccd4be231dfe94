import {
  type Tensor,
  add,
  div,
  exp,
  log,
  maximum,
  mul,
  reduceMax,
  reduceSum,
  scalar,
  sub,
} from "../../graph/index.js";
import type { JacobianBalancer } from "../balancer.js";
import { LEAST_LOSS } from "../log-losses.js";
import { LEAST_SHARE, column, memoryOf, memoryRow, rowNorms } from "../task-rows.js";

/**
 * Dual balancing: the gradients of log Lₖ, smoothed over steps, all brought to the length of the longest and summed.
 *
 * ĝₖ ← βₜ·ĝₖ + (1 − βₜ)·∇log(Lₖ + ε) with βₜ = β/t^σ and t the steps in which the task was present; the direction is
 * Σ (m/‖ĝₖ‖)·ĝₖ with m = max ‖ĝⱼ‖ over the tasks that are present. Weighted heads follow the gradient of their log loss.
 *
 * @see Lin, Jiang, Ye, Zhang, Chen & Kwok 2023, "Dual-Balancing for Multi-Task Learning", algorithm 1.
 * Departures: none for tasks that are present in every step; the state of others rests.
 */
export const dbMtl: JacobianBalancer = {
  slug: "db-mtl",
  title: "DB-MTL",
  description: "gradients of the log losses, smoothed and brought to one length (Lin et al. 2023)",
  helps: "Losses and gradients both of unlike scale",
  paper: 'Lin, Jiang, Ye, Zhang, Chen & Kwok 2023, "Dual-Balancing for Multi-Task Learning"',
  options: {
    beta: {
      default: 0.9,
      min: 0,
      max: 0.9999,
      doc: "share of the smoothed gradient that is kept in the first step (β)",
    },
    sigma: {
      default: 0,
      min: 0,
      max: 2,
      doc: "power of the step with which that share falls (σ); 0 keeps it",
    },
  },
  heads: "weighted",
  needs: "jacobian",
  state: ["smoothed"],
  memory: (tasks) => new Float32Array(tasks), // steps of each task
  direction({ jacobian, losses, present, state, memory, options }) {
    const { dtype } = jacobian;
    const number = (x: number): Tensor => scalar(x, dtype);
    const weights = div(number(1), add(losses, number(LEAST_LOSS))); // slopes of log L
    const steps = add(memoryRow(memory!, 0), number(1));
    const keep = column(mul(exp(mul(log(steps), number(-options["sigma"]!))), number(options["beta"]!)));
    const fresh = mul(jacobian, column(weights));
    const smoothed = add(fresh, mul(keep, sub(state["smoothed"]!, fresh)));
    const norms = mul(rowNorms(smoothed), present);
    const units = mul(div(smoothed, maximum(column(norms), number(LEAST_SHARE))), column(present));
    const longest = reduceMax(norms, [0], { keepDims: true });
    const direction = mul(reduceSum(units, [0]), longest);
    return { direction, weights, state: { smoothed }, memory: memoryOf(steps) };
  },
};
