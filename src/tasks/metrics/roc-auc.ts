import type { Truth } from "../task-kind.js";
import type { Probabilities } from "./classification.js";

/**
 * Area under the ROC curve: for two classes of the second class, otherwise the mean of one class against the rest.
 *
 * Ties count one half (mid-ranks of the Mann-Whitney statistic). NaN when the labelled rows hold one class only.
 *
 * Departures: a class absent from the truth is left out of the mean; scikit-learn refuses such a truth.
 * @see Hanley & McNeil 1982, "The Meaning and Use of the Area under a Receiver Operating Characteristic Curve".
 */
export function rocAuc(truth: Truth, { probabilities, classes }: Probabilities): number {
  const rows: number[] = [];
  for (let i = 0; i < truth.length; i++) if (!Number.isNaN(truth[i]!)) rows.push(i);
  const labels = Float64Array.from(rows, (row) => truth[row]!);
  const area = (k: number): number => {
    const scores = Float64Array.from(rows, (row) => probabilities[row * classes + k]!);
    return areaOfClass(labels, scores, k);
  };
  if (classes === 2) return area(1);

  const areas = Array.from({ length: classes }, (_, k) => area(k)).filter((value) => !Number.isNaN(value));
  return areas.length > 0 ? areas.reduce((sum, value) => sum + value, 0) / areas.length : Number.NaN;
}

function areaOfClass(labels: Float64Array, scores: Float64Array, k: number): number {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end += 1;
    const midRank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) {
      if (labels[order[i]!] !== k) continue;
      positives += 1;
      rankSum += midRank;
    }
    start = end;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return Number.NaN;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
