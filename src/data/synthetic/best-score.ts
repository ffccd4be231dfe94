import type { BestScore } from "./family.js";
import { normalMean, normalShare } from "./normal.js";

/**
 * Probability of each class `[K]` given the score: the shares of the noise between the cuts.
 *
 * P(k | s) = Φ((cut_k − s)/noise) − Φ((cut_{k−1} − s)/noise), an ordered probit.
 *
 * @see McKelvey & Zavoina 1975, "A Statistical Model for the Analysis of Ordinal Level Dependent Variables".
 */
export function intervalShares(score: number, cuts: readonly number[], noise: number): number[] {
  const below = cuts.map((cut) => (noise === 0 ? Number(score < cut) : normalShare((cut - score) / noise)));
  return [...below, 1].map((share, k) => share - (below[k - 1] ?? 0));
}

/** Best R² of a regression: the variance of the score over that of the target, 1/(1 + noise²). */
export const bestRegression = (noise: number): BestScore => ({
  metric: "r2",
  value: 1 / (1 + noise * noise),
});

/** Best accuracy E[max_k P(k | s)] and log loss E[−Σ_k P ln P] of a classification, over standard normal scores s, to 2e-5. */
export function bestClassification(cuts: readonly number[], noise: number): BestScore {
  const shares = (score: number): number[] => intervalShares(score, cuts, noise);
  return {
    metric: "accuracy",
    value: normalMean((score) => Math.max(...shares(score))),
    logLoss: normalMean((score) => entropy(shares(score))),
  };
}

const entropy = (shares: readonly number[]): number =>
  -shares.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
