import {
  type Tensor,
  add,
  div,
  exp,
  maximum,
  mul,
  reduceSum,
  scalar,
  sqrt,
  square,
  stopGradient,
  sub,
} from "../../graph/index.js";
import type { LossBalancer } from "../balancer.js";
import { LEAST_LOSS, logLosses } from "../log-losses.js";
import { LEAST_SHARE, memoryOf, memoryRow, presentSoftmax } from "../task-rows.js";

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8]; // Adam's own

/**
 * Decreases all losses at an equal rate: the model steps along the gradient of Σ wₖ·Lₖ with wₖ = c·zₖ/Lₖ, z = softmax(ξ) and c such
 * that the weights sum to 1.
 *
 * After the step the losses of the same batch are computed again, one more forward pass: with δₖ = log Lₖ − log Lₖ′ the gradient of
 * ξ is z∘(δ − zᵀδ) + γ·ξ, and Adam moves ξ by it. A task that fell less than the others so weighs more in the next step.
 *
 * @see Liu, Feng, Stone & Liu 2023, "FAMO: Fast Adaptive Multitask Optimization", algorithm 1 and eq. 8 to 12.
 * Departures: losses are read as they are, b = 0, with 1e-8 added as in the authors' code. The second forward pass drops out the same
 * units as the first. The corrections of Adam count the steps in which a task was present. The authors clip the gradient to
 * norm 1; here the option `clip` of training does.
 */
export const famo: LossBalancer = {
  slug: "famo",
  title: "FAMO",
  description: "weights that let all losses fall at an equal rate (Liu et al. 2023)",
  helps: "Many tasks: balanced progress for the price of one more forward pass",
  paper: 'Liu, Feng, Stone & Liu 2023, "FAMO: Fast Adaptive Multitask Optimization"',
  options: {
    rate: { default: 0.025, min: 0, max: 10, doc: "learning rate of the weights' logits (β)" },
    decay: {
      default: 0.01,
      min: 0,
      max: 1,
      doc: "decay of the weights' logits (γ), added to their gradient",
    },
  },
  heads: "weighted",
  needs: "losses",
  parameters: () => [],
  detached: true,
  plainAlone: true,
  total({ losses, present, memory }) {
    const { dtype } = losses;
    const z = presentSoftmax(memoryRow(memory!, 0), present);
    const shares = div(z, add(losses, scalar(LEAST_LOSS, dtype)));
    const weights = div(shares, maximum(reduceSum(shares, [0]), scalar(LEAST_SHARE, dtype)));
    return reduceSum(mul(stopGradient(weights), losses), [0]);
  },
  steps: {
    start: (tasks) => new Float32Array(4 * tasks), // logits, Adam's two means, steps of each task
    afterStep({ before, after, present, memory, options }) {
      const { dtype } = memory;
      const number = (x: number): Tensor => scalar(x, dtype);
      const [logits, m, v, steps] = [0, 1, 2, 3].map((row) => memoryRow(memory, row)) as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      const z = presentSoftmax(logits, present);
      const fall = sub(logLosses(before, present), logLosses(after, present));
      const slope = mul(z, sub(fall, reduceSum(mul(z, fall), [0])));
      const gradient = add(slope, mul(logits, number(options["decay"]!)));
      const count = add(steps, number(1));
      const mean = add(mul(m, number(BETA1)), mul(gradient, number(1 - BETA1)));
      const squares = add(mul(v, number(BETA2)), mul(square(gradient), number(1 - BETA2)));
      const corrected = (x: Tensor, beta: number): Tensor =>
        div(x, sub(number(1), exp(mul(count, number(Math.log(beta))))));
      const step = div(corrected(mean, BETA1), add(sqrt(corrected(squares, BETA2)), number(EPSILON)));
      const next = [sub(logits, mul(step, number(options["rate"]!))), mean, squares, count];
      return memoryOf(...next);
    },
  },
};
