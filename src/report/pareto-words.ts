import type { ParetoRecord } from "../run/pareto-record.js";
import { formatNumber } from "./numbers.js";

/** What the columns of a front mean. */
export const PARETO_NOTES = {
  front:
    "A point is on the front if no other is nowhere worse and somewhere better in mean test loss. To choose a model, go by validation losses: choosing by test losses makes them too good.",
  validation:
    "best on validation: no other point is nowhere worse and somewhere better in mean validation loss.",
} as const;

/** The front in a sentence or two. */
export function paretoSentence(record: ParetoRecord): string {
  const { points } = record;
  const front = points.filter((point) => onFront(point)).length;
  return `${front} of ${points.length} preferences are on the front. ${volumeWords(record)}`;
}

/** The hypervolume with its reference. */
export function volumeWords({ hypervolume, reference, tasks }: ParetoRecord): string {
  const corner = tasks.map(({ name }, t) => `${name} ${formatNumber(reference[t]!)}`).join(", ");
  return `Hypervolume ${formatNumber(hypervolume)} up to the reference ${corner}.`;
}

/** True for a point that was trained and that no other dominates. */
export const onFront = ({ dominatedBy, test }: ParetoRecord["points"][number]): boolean =>
  dominatedBy.length === 0 && test.every(({ mean }) => mean !== null);
