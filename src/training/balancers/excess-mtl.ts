import {
  type Tensor,
  add,
  div,
  greater,
  log,
  maximum,
  mul,
  reduceSum,
  scalar,
  sqrt,
  square,
  where,
} from "../../graph/index.js";
import type { JacobianBalancer } from "../balancer.js";
import { weightedSum } from "../task-gradients.js";
import { LEAST_SHARE, memoryOf, memoryRow, presentShares, presentSoftmax } from "../task-rows.js";

const LEAST = 1e-7; // keeps quotients finite where a gradient has always been zero

/**
 * Weighs tasks by how far they seem from the best they could reach, so that noise in labels, which stays in a loss for ever, does
 * not draw weight.
 *
 * Sₖ ← Sₖ + gₖ², the excess risk is Eₖ = Σ gₖ²/√(Sₖ + 10⁻⁷) over the shared parameters, rₖ = Eₖ/Ēₖ with Ēₖ the mean of Eₖ in the
 * first `warmup` steps of the task, and after these wₖ ← wₖ·exp(η·rₖ), over the sum. The direction is Σ wₖ·gₖ; w starts at 1/T.
 *
 * Among the tasks that are present weights count in parts of what they hold together; the parts of absent tasks rest.
 *
 * @see He, Zhou, Zhang, Wei & Zhao 2024, "Robust Multi-Task Learning with Excess Risks", eq. 6, 7 and 9.
 * Departures: the warm-up is counted in steps, and one by default; the paper takes three epochs. The authors' code and TorchJD
 * without warm-up multiply by exp(η·Eₖ) in the first step, which has a unit; here weights are equal then. The gradients of heads
 * do not count in the excess risk.
 */
export const excessMtl: JacobianBalancer = {
  slug: "excess-mtl",
  title: "ExcessMTL",
  description: "weights that grow with the estimated excess risk of each task (He et al. 2024)",
  helps: "Noisy labels in some tasks: what cannot be learned should not get more weight",
  paper: 'He, Zhou, Zhang, Wei & Zhao 2024, "Robust Multi-Task Learning with Excess Risks"',
  options: {
    rate: { default: 0.01, min: 0, max: 100, doc: "step size of the weights (η)" },
    warmup: {
      default: 1,
      min: 1,
      max: 1e6,
      integer: true,
      doc: "steps of a task over which its first excess risk is averaged",
    },
  },
  heads: "weighted",
  needs: "jacobian",
  state: ["squares"],
  memory: (tasks) => new Float32Array(3 * tasks).fill(1 / tasks, 0, tasks), // weights, sums of first risks, steps of each task
  direction({ jacobian, present, state, memory, options }) {
    const { dtype } = jacobian;
    const number = (x: number): Tensor => scalar(x, dtype);
    const fresh = square(jacobian);
    const squares = add(state["squares"]!, fresh);
    const risks = reduceSum(div(fresh, sqrt(add(squares, number(LEAST)))), [1]);
    const steps = add(memoryRow(memory!, 2), number(1));
    const after = where(greater(steps, number(options["warmup"]!)), number(1), number(0)); // its warm-up is over
    const sums = where(greater(after, number(0)), memoryRow(memory!, 1), add(memoryRow(memory!, 1), risks));
    const ratios = div(risks, add(div(sums, number(options["warmup"]!)), number(LEAST)));
    const { shares, whole } = presentShares(memoryRow(memory!, 0), present);
    const growth = mul(mul(ratios, after), number(options["rate"]!));
    const weights = presentSoftmax(add(log(maximum(shares, number(LEAST_SHARE))), growth), present);
    return {
      direction: weightedSum(weights, [jacobian]),
      weights,
      state: { squares },
      memory: memoryOf(mul(weights, whole), sums, steps),
    };
  },
};
