import {
  type Tensor,
  abs,
  add,
  div,
  exp,
  log,
  matmul,
  maximum,
  minimum,
  mul,
  reduceMax,
  reshape,
  scalar,
  square,
  sub,
} from "../../graph/index.js";
import type { JacobianBalancer } from "../balancer.js";
import { LEAST_SHARE, column, memoryOf, memoryRow, ontoSimplex, presentShares } from "../task-rows.js";
import { weightedSum } from "../task-gradients.js";

const LARGEST = 1e15; // entries whose squares float32 can hold; above, weights are at a corner anyway

/**
 * Multi-objective gradient correction: tracks each task's gradient, and walks weights towards the shortest combination of what is
 * tracked.
 *
 * yₖ ← yₖ − βₜ·(yₖ − gₖ), λ ← Π(λ − γₜ·(Y·Yᵀ + ρI)·λ) with Π the projection on the simplex, and the direction is Yᵀλ; βₜ = β/t^σ₁
 * and γₜ = γ/t^σ₂ with t the steps in which the task was present. λ starts at 1/T.
 *
 * Among the tasks that are present λ counts in parts of what they hold together; the parts of absent tasks rest.
 *
 * @see Fernando, Shen, Liu, Chaudhury, Murugesan & Chen 2023, "Mitigating Gradient Bias in Multi-objective Learning: A Provably
 * Convergent Approach", algorithm 1.
 * Departures: the direction is made of the gradients and weights just renewed; the paper's of those before. Gradients are not
 * normalised by their losses, and the projection is the Euclidean one, where LibMTL takes a softmax.
 */
export const moco: JacobianBalancer = {
  slug: "moco",
  title: "MoCo",
  description: "tracked gradients, weighted towards their shortest combination (Fernando et al. 2023)",
  helps: "Small batches, whose noisy gradients mislead methods that trust a single one",
  paper:
    'Fernando, Shen, Liu, Chaudhury, Murugesan & Chen 2023, "Mitigating Gradient Bias in Multi-objective Learning: A Provably Convergent Approach"',
  options: {
    beta: { default: 0.5, min: 0.0001, max: 1, doc: "step of the tracked gradients (β); 1 tracks nothing" },
    "beta-power": { default: 0.5, min: 0, max: 2, doc: "power of the step with which that falls (σ₁)" },
    gamma: { default: 0.1, min: 0, max: 1000, doc: "step of the weights (γ)" },
    "gamma-power": { default: 0.5, min: 0, max: 2, doc: "power of the step with which that falls (σ₂)" },
    rho: { default: 0, min: 0, max: 1000, doc: "pull of the weights towards equal ones (ρ)" },
  },
  heads: "own",
  needs: "jacobian",
  state: ["tracked"],
  memory: (tasks) => new Float32Array(2 * tasks).fill(1 / tasks, 0, tasks), // λ, steps of each task
  direction({ jacobian, present, state, memory, options }) {
    const { dtype } = jacobian;
    const T = jacobian.shape[0]!;
    const number = (x: number): Tensor => scalar(x, dtype);
    const steps = add(memoryRow(memory!, 1), number(1));
    const falling = (size: string): Tensor =>
      mul(exp(mul(log(steps), number(-options[`${size}-power`]!))), number(options[size]!));
    const before = state["tracked"]!;
    const tracked = add(before, mul(column(falling("beta")), sub(jacobian, before)));
    const { shares, whole } = presentShares(memoryRow(memory!, 0), present);
    const size = minimum(reduceMax(abs(tracked), [0, 1]), number(LARGEST));
    const unit = div(tracked, maximum(size, number(LEAST_SHARE)));
    const slope = mul(reshape(matmul(unit, column(weightedSum(shares, [unit]))), [T]), square(size)); // Y·(Yᵀλ)
    const pulled = add(slope, mul(shares, number(options["rho"]!)));
    const weights = ontoSimplex(sub(shares, mul(falling("gamma"), pulled)), present);
    return {
      direction: weightedSum(weights, [tracked]),
      weights,
      state: { tracked },
      memory: memoryOf(mul(weights, whole), steps),
    };
  },
};
