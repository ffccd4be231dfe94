import {
  type Tensor,
  concat,
  mul,
  neg,
  reduceMean,
  reshape,
  scalar,
  sigmoid,
  softplus,
  sub,
} from "../graph/index.js";
import { CLASS_KIND, logShare } from "./classes.js";
import { maskedMean, single } from "./masked-mean.js";
import type { ClassCoding, TaskKind } from "./task-kind.js";

/** Two classes: one logit for the second class, logistic cross-entropy. */
export const binary: TaskKind<ClassCoding> = {
  ...CLASS_KIND,
  slug: "binary",
  description: "predicts one of two classes, with logistic cross-entropy",
  outputWidth: () => 1,

  /** −log σ((2y − 1)·x) = softplus((1 − 2y)·x) for y in {0, 1}: no difference of large numbers, never negative. */
  loss({ output, target, mask }) {
    const sign = sub(scalar(1, output.dtype), mul(single(target), scalar(2, output.dtype))); // [R, G]
    return maskedMean(softplus(mul(single(output), sign)), mask);
  },

  average(output) {
    const share = (x: Tensor): Tensor => logShare(reduceMean(sigmoid(x), [0]));
    return reshape(sub(share(output), share(neg(output))), [1, ...output.shape.slice(1)]);
  },
  signal: (output) => sigmoid(output),
  signalWidth: () => 1,
  predict(output) {
    const sides = concat([neg(output), output], 2); // [M, R, 2]: each side by its own σ, so that neither rounds to 0
    return reduceMean(sigmoid(sides), [0]); // [R, 2]
  },
};
