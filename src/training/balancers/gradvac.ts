import type { GramianBalancer, GramianStep } from "../balancer.js";

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
    const K = step.losses.length;
    const weights = new Float64Array(K);
    const others = new Int32Array(Math.max(0, K - 1));
    for (let i = 0; i < K; i++) {
      for (let j = 0; j < K - 1; j++) others[j] = j < i ? j : j + 1;
      step.random.shuffle(others);
      vaccinate(step, i, others).forEach((c, k) => (weights[k] = weights[k]! + c));
    }
    return weights;
  },
};

const PARALLEL = 1e-12; // 1 − φ̂² below which a target is reached by no finite step

/** The coordinates `[K]` of task i's gradient after it was turned; φ̂ of its pairs moves on. */
function vaccinate(
  { gramian, tasks, state, options }: GramianStep,
  i: number,
  others: Int32Array,
): Float64Array {
  const K = tasks.length;
  const T = Math.round(Math.sqrt(state.length));
  const c = new Float64Array(K);
  c[i] = 1;
  const products = gramian.slice(i * K, (i + 1) * K); // A·c
  let square = gramian[i * K + i]!; // ‖g‖²
  for (const j of others) {
    const length = Math.sqrt(gramian[j * K + j]!);
    const own = Math.sqrt(Math.max(0, square));
    if (length === 0 || own === 0) continue;
    const cosine = Math.max(-1, Math.min(1, products[j]! / own / length));
    const at = tasks[i]! * T + tasks[j]!;
    const usual = state[at]!;
    const sine = Math.sqrt(Math.max(0, 1 - usual * usual));
    if (cosine < usual && sine * sine > PARALLEL) {
      const across = Math.sqrt(1 - cosine * cosine);
      const change = (own / length) * ((usual * across) / sine - cosine);
      c[j] = c[j]! + change;
      square += 2 * change * products[j]! + change * change * gramian[j * K + j]!;
      for (let k = 0; k < K; k++) products[k] = products[k]! + change * gramian[j * K + k]!;
    }
    state[at] = (1 - options["beta"]!) * usual + options["beta"]! * cosine;
  }
  return c;
}
