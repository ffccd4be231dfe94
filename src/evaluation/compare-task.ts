import { seededRandom } from "../base/random.js";
import { kindOf } from "../tasks/index.js";
import type { Task, TaskKind } from "../tasks/task-kind.js";
import { type Contributions, pairedBootstrap } from "./bootstrap.js";
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

/** What a model gave for one task: its metrics, and what the bootstrap resamples. */
export interface TaskOutcome {
  readonly metrics: Readonly<Record<string, number>>;
  readonly contributions: Contributions;
}

/** The paired comparison of one task. */
export function compareTask(together: ScoredTask, alone: ScoredTask, seed: number): TaskComparison {
  return compareOutcomes(together.task, outcomeOf(together), outcomeOf(alone), {
    testRows: scoredRows(together),
    seed,
  });
}

/** The paired comparison of what both models gave for one task, row by row. */
export function compareOutcomes(
  task: Task,
  multi: TaskOutcome,
  single: TaskOutcome,
  { testRows, seed }: { readonly testRows: number; readonly seed: number },
): TaskComparison {
  const kind = kindOf(task.coding);
  const { name, label, better } = kind.metrics.find((metric) => metric.name === kind.primary)!;
  const interval = pairedBootstrap({
    multi: multi.contributions,
    single: single.contributions,
    better,
    ...BOOTSTRAP,
    random: seededRandom(seed, `bootstrap/${task.name}`),
  });
  return {
    task: task.name,
    primary: { metric: name, label, better },
    multi: multi.metrics,
    single: single.metrics,
    gain: {
      value: interval.gain,
      low: interval.low,
      high: interval.high,
      percent: gainPercent(task, multi.metrics, single.metrics),
    },
    verdict: verdict(interval),
    testRows,
  };
}

const outcomeOf = ({ task, truth, prediction, context, metrics }: ScoredTask): TaskOutcome => ({
  metrics,
  contributions: kindOf(task.coding).contributions(truth, prediction, context),
});

/** Gain in the primary metric in percent, on the scale on which a relative gain means something. */
function gainPercent(
  { coding }: Task,
  multi: Readonly<Record<string, number>>,
  single: Readonly<Record<string, number>>,
): number {
  const kind = kindOf(coding);
  return gainPercentOf(kind, multi[kind.primary]!, single[kind.primary]!);
}

/** The same from two values of a kind's primary metric. */
export function gainPercentOf(kind: TaskKind, multi: number, single: number): number {
  const { better } = kind.metrics.find(({ name }) => name === kind.primary)!;
  const scale = kind.relative ?? { better, of: (metric: number): number => metric };
  return percentGain({ multi: scale.of(multi), single: scale.of(single), better: scale.better });
}
