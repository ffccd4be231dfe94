import type { TaskKindSlug } from "./task-kind.js";

const KINDS: readonly TaskKindSlug[] = ["regression", "binary", "multiclass", "clustering"];
const LOG_CLASSES_SCALE = Math.log(50); // 50 classes, the most that are found unasked, give 1
const LOG_LABELS_SCALE = Math.log(1e6); // a million labelled rows give 1

/** Label statistics that a descriptor is made of. */
export interface LabelStatistics {
  /** Share of each class; absent for amounts. */
  readonly priors?: readonly number[];
  /** Labelled training rows. */
  readonly labelled: number;
}

/**
 * Descriptor of a task `[DESCRIPTOR_WIDTH]`: its kind one-hot, log classes, evenness of the classes, log labelled rows.
 *
 * All numbers are about 0 to 1; evenness is the entropy of the priors over its greatest value, 0 for amounts.
 */
export function describeTask(
  kind: TaskKindSlug,
  { priors = [], labelled }: LabelStatistics,
): readonly number[] {
  return [
    ...KINDS.map((slug) => (slug === kind ? 1 : 0)),
    priors.length > 1 ? Math.log(priors.length) / LOG_CLASSES_SCALE : 0,
    evenness(priors),
    Math.log1p(labelled) / LOG_LABELS_SCALE,
  ];
}

function evenness(priors: readonly number[]): number {
  if (priors.length < 2) return 0;
  const entropy = priors.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
  return entropy / Math.log(priors.length);
}
