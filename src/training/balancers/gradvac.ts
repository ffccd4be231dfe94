import type { GramianBalancer, GramianStep } from "../balancer.js";
import { shuffleOthers } from "../gramian.js";
import { GrownCombination } from "../grown-combination.js";

/**
 * Gradient Vaccine: gradients are turned towards each other until their cosine is what it usually is, not merely 0 as in
 * PCGrad.
 *
 * For task i, g = gᵢ; for j ≠ i in random order, with φ the cosine of g and gⱼ and φ̂ᵢⱼ its moving average: if φ < φ̂ then
 * g += ‖g‖·(φ̂·√(1−φ²) − φ·√(1−φ̂²)) / (‖gⱼ‖·√(1−φ̂²))·gⱼ; then φ̂ ← (1−β)·φ̂ + β·φ. The results are summed. State: φ̂ `[T, T]`,
 * from 0.
 *
 * @see Wang et al. 2021, "Gradient Vaccine: Investigating and Improving Multi-task Optimization in Massively Multilingual
 * Models", eq. 3 and algorithm 1.
 * Departures: none; a gradient of 0 takes no part. LibMTL and TorchJD start from β = 0.5, the paper uses 0.01.
 */
export const gradvac: GramianBalancer = {
  slug: "gradvac",
  title: "GradVac",
  description: "turns gradients towards the cosine they usually have (Wang et al. 2021)",
  helps: "Related tasks whose gradients should agree more than they do",
  paper:
    'Wang et al. 2021, "Gradient Vaccine: Investigating and Improving Multi-task Optimization in Massively Multilingual Models"',
  options: {
    beta: { default: 0.01, min: 0, max: 1, doc: "how fast the usual cosine follows the present one (β)" },
  },
  heads: "own",
  needs: "gramian",
  state: (tasks) => new Float64Array(tasks * tasks),
  weights(step) {
    const { gramian, losses, random } = step;
    const K = losses.length;
    const weights = new Float64Array(K);
    const combination = new GrownCombination(gramian, K);
    const lengths = losses.map((_, k) => Math.sqrt(gramian[k * K + k]!));
    const others = new Int32Array(Math.max(0, K - 1));
    for (let i = 0; i < K; i++) {
      shuffleOthers(others, i, random);
      vaccinate(step, { i, others, lengths, combination, weights });
    }
    return weights;
  },
};

const PARALLEL = 1e-12; // 1 − φ̂² below which a target is reached by no finite step

interface Vaccination {
  readonly i: number;
  readonly others: Int32Array;
  /** The gradients' norms `[K]`. */
  readonly lengths: Float64Array;
  readonly combination: GrownCombination;
  /** To which the coordinates of the turned gradient are added `[K]`. */
  readonly weights: Float64Array;
}

/** Turns task i's gradient; φ̂ of its pairs moves on. */
function vaccinate(
  { tasks, state, options }: GramianStep,
  { i, others, lengths, combination, weights }: Vaccination,
): void {
  const T = Math.round(Math.sqrt(state.length));
  const beta = options["beta"]!;
  combination.begin(i);
  weights[i] = weights[i]! + 1;
  let square = lengths[i]! ** 2; // ‖g‖²
  for (const j of others) {
    const length = lengths[j]!;
    const own = Math.sqrt(Math.max(0, square));
    if (length === 0 || own === 0) continue;
    const product = combination.times(j);
    const cosine = Math.max(-1, Math.min(1, product / own / length));
    const at = tasks[i]! * T + tasks[j]!;
    const usual = state[at]!;
    if (cosine < usual && 1 - usual * usual > PARALLEL) {
      const sine = Math.sqrt(1 - usual * usual);
      const across = Math.sqrt(1 - cosine * cosine);
      const change = (own / length) * ((usual * across) / sine - cosine);
      weights[j] = weights[j]! + change;
      combination.add(j, change);
      square += 2 * change * product + change * change * length * length;
    }
    state[at] = (1 - beta) * usual + beta * cosine;
  }
}
