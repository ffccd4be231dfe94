import { seededRandom } from "../base/random.js";
import { kindOf } from "../tasks/index.js";
import type { Task } from "../tasks/task-kind.js";
import { pairedBootstrap } from "./bootstrap.js";
import { percentGain } from "./delta-m.js";
import { type ScoredTask, scoredRows } from "./score-model.js";
import { type Verdict, verdict } from "./verdict.js";

/** Multi-task against single-task training for one task, on the same test rows. */
export interface TaskComparison {
  readonly task: string;
  readonly primary: { readonly metric: string; readonly label: string; readonly better: "lower" | "higher" };
  readonly multi: Readonly<Record<string, number>>;
  readonly single: Readonly<Record<string, number>>;
  /** Positive where multi-task is better; `percent` is relative to the single-task value. */
  readonly gain: {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly percent: number;
  };
  readonly verdict: Verdict;
  readonly testRows: number;
}

/** Resamples and coverage of every interval. */
export const BOOTSTRAP = { resamples: 2000, level: 0.95 } as const;

/** The paired comparison of one task. */
export function compareTask(together: ScoredTask, alone: ScoredTask, seed: number): TaskComparison {
  const { task } = together;
  const kind = kindOf(task.coding);
  const primary = kind.metrics.find(({ name }) => name === kind.primary)!;
  const interval = pairedBootstrap({
    multi: kind.contributions(together.truth, together.prediction, together.context),
    single: kind.contributions(alone.truth, alone.prediction, alone.context),
    better: primary.better,
    ...BOOTSTRAP,
    random: seededRandom(seed, `bootstrap/${task.name}`),
  });
  return {
    task: task.name,
    primary: { metric: primary.name, label: primary.label, better: primary.better },
    multi: together.metrics,
    single: alone.metrics,
    gain: {
      value: interval.gain,
      low: interval.low,
      high: interval.high,
      percent: gainPercent(task, together.metrics, alone.metrics),
    },
    verdict: verdict(interval),
    testRows: scoredRows(together),
  };
}

/** Gain in the primary metric in percent, on the scale on which a relative gain means something. */
export function gainPercent(
  { coding }: Task,
  multi: Readonly<Record<string, number>>,
  single: Readonly<Record<string, number>>,
): number {
  const kind = kindOf(coding);
  const { better } = kind.metrics.find(({ name }) => name === kind.primary)!;
  const scale = kind.relative ?? { better, of: (metric: number): number => metric };
  return percentGain({
    multi: scale.of(multi[kind.primary]!),
    single: scale.of(single[kind.primary]!),
    better: scale.better,
  });
}
