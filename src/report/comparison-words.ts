import type { ComparisonRecord, SpreadRecord, VariantRecord } from "../run/comparison-record.js";
import { formatNumber, formatPercent } from "./numbers.js";

/** What the columns of a ranking mean, for the reader who meets them first. */
export const RANKING_NOTES = {
  meanRank:
    "Mean rank: the variants are ranked on every task with every seed, 1 for the best, equal results sharing the mean of their ranks; this is the mean of these ranks. A variant that always wins has 1, and equal variants would all have about the middle. It tells how often a variant wins and not by how much; Δm tells that.",
  deltaM:
    "Δm: mean over tasks of the relative gain over single-task models in percent; positive means the shared model is better.",
  cost: "Milliseconds a step and seconds a training are measured while trainings run side by side.",
} as const;

/** How the test was made, in a sentence with its numbers. */
export function testNote({ reference, seeds, testShare }: ComparisonRecord): string {
  if (seeds.length < 2) return "One seed allows no test and no spread.";
  return `p: corrected resampled paired t test (Nadeau & Bengio 2003) of Δm against ${reference} over ${seeds.length} seeds, with ${formatNumber(testShare)} test rows for each row learned from, corrected by Holm for the number of variants.`;
}

/** "0.412 ± 0.013", or the mean alone where there is no spread. */
export function spreadWords({ mean, sd }: SpreadRecord): string {
  return sd === null ? formatNumber(mean) : `${formatNumber(mean)} ± ${formatNumber(sd)}`;
}

/** Δm with its spread. */
export function deltaWords({ deltaM: { mean, sd } }: VariantRecord): string {
  const middle = formatPercent(mean ?? Number.NaN);
  return sd === null ? middle : `${middle} ± ${sd.toFixed(1)}`;
}

/** A p value: three digits, and what is smaller said so. */
export function pWords(p: number | null | undefined): string {
  if (p === null || p === undefined) return "–";
  return p < 0.001 ? "<0.001" : p.toFixed(3);
}

/** How a variant did against the reference, at a level of 5 %. */
export function verdictOf({ against }: VariantRecord): "helped" | "hurt" | "neutral" {
  if (!against || against.holm === null || against.holm >= 0.05) return "neutral";
  return (against.difference ?? 0) > 0 ? "helped" : "hurt";
}

/** The result in a sentence or two. */
export function comparisonSentence({ variants, reference, seeds }: ComparisonRecord): string {
  const [best] = variants;
  if (!best) return "Nothing was compared.";
  const clear = variants.filter((variant) => verdictOf(variant) === "helped").map(({ name }) => name);
  const worse = variants.filter((variant) => verdictOf(variant) === "hurt").map(({ name }) => name);
  const first = `${best.name} has the best mean rank, ${best.meanRank.toFixed(2)} of ${variants.length}.`;
  if (seeds.length < 2) return first;
  if (clear.length + worse.length === 0)
    return `${first} No variant differs clearly from ${reference} in Δm.`;
  const parts = [
    ...(clear.length > 0 ? [`better than ${reference}: ${clear.join(", ")}`] : []),
    ...(worse.length > 0 ? [`worse: ${worse.join(", ")}`] : []),
  ];
  return `${first} In Δm clearly ${parts.join("; clearly ")}.`;
}
