import {
  add,
  cast,
  constant,
  greater,
  log,
  logSumExp,
  mul,
  reduceSum,
  reshape,
  scalar,
  sub,
  where,
} from "../../graph/index.js";
import type { LossBalancer } from "../balancer.js";
import { LEAST_LOSS, logLosses } from "../log-losses.js";

const GONE = -1e30; // its exponential is 0, and so is its product with 0

/**
 * Smooth Tchebycheff scalarisation: K·μ·log Σ exp(log(λₖ·Lₖ/zₖ)/μ) over the K tasks that are present, a smooth form of the largest
 * loss in units of the nadir z; smaller μ is nearer to the largest. λ are the study's weights of the tasks, by default 1: where the
 * front can be followed, λₖ·Lₖ/zₖ ends alike for all. A task of weight 0 counts for nothing. z is the mean training loss of the epoch after some of
 * warm-up; up to there the objective is Σ log Lₖ.
 *
 * Memory: z, 0 where it is not known yet. A task without labels in that epoch goes on with log L until one gives it its z.
 *
 * @see Lin, Zhang, Yang, Liu, Wang & Zhang 2024, "Smooth Tchebycheff Scalarization for Multi-Objective Optimization".
 * Departures: the paper's equation has λₖ·(Lₖ − z*ₖ) where this has log(λₖ·Lₖ/zₖ), λ = 1 being that of the authors' code
 * for deep networks and of LibMTL; theirs is the factor K, which makes steps as long as those of the warm-up. 1e-8 is added
 * to losses where they add 1e-20.
 */
export const stch: LossBalancer = {
  slug: "stch",
  title: "STCH",
  description: "smooth form of the largest loss against a warm-up epoch (Lin et al. 2024)",
  helps: "The worst task matters most, or you want a chosen point of the front",
  paper:
    'Lin, Zhang, Yang, Liu, Wang & Zhang 2024, "Smooth Tchebycheff Scalarization for Multi-Objective Optimization"',
  options: {
    mu: { default: 1, min: 0.01, max: 1000, doc: "the smoothing μ: towards 0 only the largest loss counts" },
    warmup: {
      default: 4,
      min: 0,
      max: 10000,
      integer: true,
      doc: "epochs of warm-up before the one whose mean losses give the nadir z",
    },
  },
  heads: "weighted",
  weighs: true,
  needs: "losses",
  parameters: () => [],
  memory: {
    start: (tasks) => new Float32Array(tasks),
    afterEpoch(memory, { epoch, losses, options: { warmup } }) {
      if (epoch <= warmup!) return; // every option has a value
      losses.forEach((loss, t) => {
        if (memory[t] === 0 && Number.isFinite(loss)) memory[t] = loss + LEAST_LOSS;
      });
    },
  },
  total({ losses, present: labelled, memory, options, weights }) {
    const { dtype, shape } = losses;
    const own = (values: readonly number[]): typeof losses => {
      const data = dtype === "float64" ? Float64Array.from(values) : Float32Array.from(values);
      return constant({ dtype, shape: [values.length], data });
    };
    const present = weights.every((weight) => weight > 0)
      ? labelled
      : mul(labelled, own(weights.map((weight) => (weight > 0 ? 1 : 0))));
    const nadir = reshape(memory!, shape); // declared above
    const known = greater(nadir, scalar(0, dtype));
    const [taking, warming] = [1, 0].map((on) =>
      mul(present, where(known, scalar(on, dtype), scalar(1 - on, dtype))),
    ) as [typeof losses, typeof losses];
    const plain = log(where(known, nadir, scalar(1, dtype)));
    const z = weights.every((weight) => weight === 1)
      ? plain
      : sub(plain, own(weights.map((weight) => (weight > 0 ? Math.log(weight) : 0))));
    const relative = mul(sub(logLosses(losses, taking), z), scalar(1 / options["mu"]!, dtype));
    const those = greater(taking, scalar(0, dtype));
    const largest = logSumExp(where(those, relative, scalar(GONE, dtype)), 0);
    const scaled = mul(mul(largest, reduceSum(cast(those, dtype), [0])), scalar(options["mu"]!, dtype));
    return add(scaled, reduceSum(logLosses(losses, warming), [0]));
  },
};
