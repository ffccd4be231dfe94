import { div, exp, maximum, minimum, mul, reduceSum, scalar } from "../../graph/index.js";
import type { LossBalancer } from "../balancer.js";
import { logLosses } from "../log-losses.js";

/**
 * Geometric loss strategy: the geometric mean (Π Lₖ)^(1/K) of the losses of the K tasks that are present.
 *
 * @see Chennupati, Sistu, Yogamani & Rawashdeh 2019, "MultiNet++: Multi-Stream Feature Aggregation and Geometric Loss Strategy
 * for Multi-Task Learning".
 * Departures: 1e-8 is added to each loss, so that one of 0 leaves the gradient finite. The mean is the exponential of a mean of
 * logarithms, which does not overflow.
 */
export const gls: LossBalancer = {
  slug: "gls",
  title: "GLS",
  description: "the geometric mean of the losses (Chennupati et al. 2019)",
  helps: "Losses that differ by orders of magnitude, when one number should sum them up",
  paper:
    'Chennupati, Sistu, Yogamani & Rawashdeh 2019, "MultiNet++: Multi-Stream Feature Aggregation and Geometric Loss Strategy for Multi-Task Learning"',
  options: {},
  heads: "weighted",
  needs: "losses",
  plainAlone: true,
  parameters: () => [],
  total({ losses, present }) {
    const count = reduceSum(present, [0]);
    const one = scalar(1, present.dtype);
    const mean = div(reduceSum(logLosses(losses, present), [0]), maximum(count, one));
    return mul(exp(mean), minimum(count, one)); // 0 where no task is present
  },
};
