import { ConfigError } from "../base/errors.js";
import { type Tensor, gramian } from "../graph/index.js";
import type { Balancer } from "./balancer.js";

/** Rows of the further batches of a step: `[S, n, B]`. */
export const FURTHER = "further";

/** The Gramian of the tasks' gradients in the shared features: `[T, T]`. */
export const FEATURES = "features";

/** The products of the tasks' gradients on two further batches: `[T, T]`. */
export const CROSS = "cross";

/** How many batches a step draws beside its own. */
export const furtherBatches = (balancer: Balancer): number =>
  balancer.needs === "gramian" ? (balancer.batches ?? 1) - 1 : 0;

/** True for a balancer that reads the gradients in the shared features. */
export const ofFeatures = (balancer: Balancer): boolean =>
  balancer.needs === "gramian" && balancer.of === "features";

/**
 * The Gramian of the tasks' gradients in the features they share.
 *
 * @param shared `[T, M, R, H]`; absent where tasks have features of their own.
 * @throws {ConfigError} if there are none.
 */
export function featureGramian({ slug }: Balancer, shared: Tensor | undefined): Tensor {
  if (shared) return gramian([shared]);
  throw new ConfigError({
    where: "training",
    subject: `balance ${slug}`,
    problem: "needs features that all tasks share, and this way of sharing gives each task its own",
    fix: "Take sharing.architecture hard, or balance mgda.",
  });
}
