import { mean, sampleStandardDeviation } from "simple-statistics";
import { TASK_KINDS } from "../tasks/index.js";
import type { TaskKindSlug } from "../tasks/task-kind.js";
import { gainPercentOf } from "./compare-task.js";
import { deltaM } from "./delta-m.js";
import { meanRanks } from "./mean-ranks.js";
import { type ResampledTest, correctedResampledTest, holm } from "./resampled-test.js";

/** Metrics of one task by name; null where one is undefined. */
export type TaskMetrics = Readonly<Record<string, number | null>>;

/** One shared model, of one variant and one seed, on test rows. */
export interface VariantRun {
  /** Metrics by task; empty for a training that failed. */
  readonly metrics: Readonly<Record<string, TaskMetrics>>;
  readonly seconds: number;
  /** Mean time of a training step, in milliseconds; NaN for a training that failed. */
  readonly stepMs: number;
}

/** All runs of a comparison, every list in the order of the seeds. */
export interface VariantRuns {
  readonly tasks: readonly { readonly name: string; readonly kind: TaskKindSlug }[];
  readonly variants: readonly { readonly name: string; readonly runs: readonly VariantRun[] }[];
  /** Metrics by task of the single-task models, by seed. */
  readonly alone: readonly Readonly<Record<string, TaskMetrics>>[];
  /** Test rows by rows that the models learned from. */
  readonly testShare: number;
}

/** Mean and standard deviation over seeds; null where there is none. */
export interface Spread {
  readonly mean: number | null;
  readonly sd: number | null;
}

/** One variant over all seeds. */
export interface RankedVariant {
  readonly name: string;
  /** Mean rank over every task with every seed; 1 is the best there is. */
  readonly meanRank: number;
  /** Δm in percent over seeds, with the corrected interval of its mean. */
  readonly deltaM: Spread & { readonly low: number | null; readonly high: number | null };
  /** Δm against that of the first variant, p by Holm; absent for the first itself. */
  readonly against?: {
    readonly difference: number | null;
    readonly low: number | null;
    readonly high: number | null;
    readonly p: number | null;
    readonly holm: number | null;
  };
  /** Primary metric of each task, in the order of the tasks. */
  readonly tasks: readonly Spread[];
  readonly stepMs: Spread;
  readonly seconds: Spread;
  /** Seeds whose training failed. */
  readonly failed: number;
}

/** Tasks with their primary metrics, and variants from the best mean rank to the worst. */
export interface Ranking {
  readonly tasks: readonly {
    readonly name: string;
    readonly kind: TaskKindSlug;
    readonly metric: string;
    readonly label: string;
    readonly better: "lower" | "higher";
    /** Primary metric of the single-task models. */
    readonly alone: Spread;
  }[];
  readonly variants: readonly RankedVariant[];
}

/**
 * Ranks variants of one study that were trained on the same splits.
 *
 * A failed training is last in every task of its seed, and its seed is left out of the variant's means. Δm is tested against
 * the first variant over the seeds where both have one.
 */
export function rankVariants({ tasks, variants, alone, testShare }: VariantRuns): Ranking {
  const described = tasks.map(({ name, kind }) => {
    const { primary, metrics } = TASK_KINDS[kind];
    const { label, better } = metrics.find((metric) => metric.name === primary)!;
    return { name, kind, metric: primary, label, better };
  });
  const valueOf = (metrics: Readonly<Record<string, TaskMetrics>> | undefined, t: number): number =>
    metrics?.[described[t]!.name]?.[described[t]!.metric] ?? Number.NaN;
  const blocks = described.flatMap(({ better }, t) =>
    alone.map((_, s) => ({ better, values: variants.map(({ runs }) => valueOf(runs[s]?.metrics, t)) })),
  );
  const ranks = meanRanks(blocks, variants.length);
  const deltas = variants.map(({ runs }) =>
    runs.map(({ metrics }, s) =>
      deltaM(
        described.map(({ kind }, t) =>
          gainPercentOf(TASK_KINDS[kind], valueOf(metrics, t), valueOf(alone[s], t)),
        ),
      ),
    ),
  );
  const tests = deltas.map((own) => {
    const differences = own.map((delta, s) => delta - deltas[0]![s]!).filter(Number.isFinite);
    return correctedResampledTest(differences, testShare);
  });
  const corrected = holm(tests.slice(1).map(({ p }) => p));
  const ranked = variants.map(({ name, runs }, v): RankedVariant => {
    const test = correctedResampledTest(deltas[v]!.filter(Number.isFinite), testShare);
    return {
      name,
      meanRank: ranks[v]!,
      deltaM: { ...spreadOf(deltas[v]!), low: finite(test.low), high: finite(test.high) },
      ...(v > 0 && { against: againstOf(tests[v]!, corrected[v - 1]!) }),
      tasks: described.map((_, t) => spreadOf(runs.map(({ metrics }) => valueOf(metrics, t)))),
      stepMs: spreadOf(runs.map(({ stepMs }) => stepMs)),
      seconds: spreadOf(runs.map(({ seconds }) => seconds)),
      failed: runs.filter(({ metrics }) => Object.keys(metrics).length === 0).length,
    };
  });
  return {
    tasks: described.map((task, t) => ({
      ...task,
      alone: spreadOf(alone.map((metrics) => valueOf(metrics, t))),
    })),
    variants: ranked.toSorted((a, b) => a.meanRank - b.meanRank),
  };
}

const againstOf = (
  { mean: difference, low, high, p }: ResampledTest,
  holmP: number,
): NonNullable<RankedVariant["against"]> => ({
  difference: finite(difference),
  low: finite(low),
  high: finite(high),
  p: finite(p),
  holm: finite(holmP),
});

/** Mean and sample standard deviation of what is finite. */
export function spreadOf(values: readonly number[]): Spread {
  const known = values.filter(Number.isFinite);
  return {
    mean: known.length > 0 ? mean(known) : null,
    sd: known.length > 1 ? sampleStandardDeviation(known) : null,
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
