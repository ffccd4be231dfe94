import { timestamp } from "../base/clock.js";
import { ConfigError } from "../base/errors.js";
import { sideBySide } from "../base/side-by-side.js";
import type { InspectedTable } from "../data/index.js";
import { shownSource, sourceStem } from "../data/sources/index.js";
import { type VariantRuns, rankVariants } from "../evaluation/rank-variants.js";
import { canonicalJson } from "../run/index.js";
import { COMPARISON_FILES, type KeptResult, openComparison } from "../run/comparison-folder.js";
import type { ComparisonRecord } from "../run/comparison-record.js";
import { nodeRuntime } from "../runtime/node.js";
import { checkMethods } from "./check-methods.js";
import { type ComparisonJob, comparisonJobs } from "./compare-jobs.js";
import { type SeedPlan, seedPlans } from "./compare-seeds.js";
import { dataWords, firstSource, mapData } from "./data-names.js";
import type { StudyOptions } from "./options.js";
import { inspectForStudy } from "./plan.js";
import { readData } from "./read-data.js";
import { tableDigest } from "./table-digest.js";
import { type Variant, checkVariants, studyOfVariant } from "./variants.js";
import { VERSION } from "./version.js";

/** What a comparison says while it works. */
export type CompareEvent =
  | { readonly type: "stage"; readonly stage: "reading" | "training" | "writing"; readonly detail: string }
  | { readonly type: "notice"; readonly level: "info" | "warning"; readonly text: string }
  | {
      /** A training begins or has ended. */
      readonly type: "begun" | "done";
      /** The variant, or the task of a single-task model, and the seed. */
      readonly what: string;
      readonly seed: number;
      /** Trainings that have ended, those kept from before with them, of all. */
      readonly done: number;
      readonly of: number;
      readonly seconds?: number;
      /** Why it failed, if it did. */
      readonly failed?: string;
    };

/** How a comparison is done. */
export interface CompareHow {
  /** Ways to train the study; the others are tested against the first. At least two. */
  readonly variants: readonly Variant[];
  /** How many seeds, from that of the study on; default 5. At least 1. */
  readonly seeds?: number;
  /** Where results are kept, so that an interrupted comparison goes on; nothing is written without it. */
  readonly folder?: string;
  /** Start anew where the folder holds a comparison. */
  readonly overwrite?: boolean;
  readonly onEvent?: (event: CompareEvent) => void;
  readonly signal?: AbortSignal;
}

const SEEDS = 5;

/**
 * Trains every variant of a study with every seed, and the single-task models once a seed, side by side; then ranks the
 * variants. The split and all random choices follow the seed and are the same for all variants.
 *
 * @throws {ConfigError} for fewer than two variants or tasks, for settings that do not fit, and for a folder of another study;
 * {KindredError} as reading and training do; an abort rejects with the signal's reason.
 */
export async function compareStudy(
  options: StudyOptions,
  how: CompareHow,
  given?: InspectedTable,
): Promise<ComparisonRecord> {
  const { variants, seeds: count = SEEDS, folder, onEvent: emit = () => {}, signal } = how;
  checkVariants(variants, "compare");
  for (const variant of variants) checkMethods(studyOfVariant(options, variant), `variant ${variant.name}`);
  checkComparable(options, count);
  emit({ type: "stage", stage: "reading", detail: dataWords(mapData(options.data, shownSource)) });
  const table = given ?? inspectForStudy(await readData(options), options);
  const seeds = Array.from({ length: count }, (_, i) => options.seed + i);
  const plans = seedPlans(table, options, seeds);
  const warnings = [...plans.warnings(), ...fixedSplit(options)];
  for (const text of warnings) emit({ type: "notice", level: "warning", text });
  const { seed: _, ...unseeded } = options;
  const study = { kindred: VERSION, study: unseeded, table: tableDigest(table) };
  const kept = folder === undefined ? undefined : await openComparison(folder, study, how);
  try {
    const jobs = comparisonJobs(plans.tasks, options, variants, seeds);
    const results = new Map<string, KeptResult>();
    for (const { name, key } of jobs) {
      const before = await kept?.load(name, key);
      if (before) results.set(name, before);
    }
    if (results.size > 0) {
      const text = `${results.size} of ${jobs.length} trainings are kept from before.`;
      emit({ type: "notice", level: "info", text });
    }
    const runtime = await nodeRuntime();
    try {
      const missing = jobs.filter(({ name }) => !results.has(name));
      const detail = `${variants.length} variants with ${count} ${count === 1 ? "seed" : "seeds"}, ${runtime.workers} side by side`;
      emit({ type: "stage", stage: "training", detail });
      plans.expect(missing);
      const train = async (job: ComparisonJob): Promise<void> => {
        signal?.throwIfAborted();
        const told = { what: job.what, seed: job.seed, of: jobs.length };
        emit({ type: "begun", ...told, done: results.size });
        const result = await job.train(await plans.prepared(job, runtime), runtime, signal);
        await kept?.save(job.name, result);
        results.set(job.name, result);
        const { seconds, failed } = result;
        emit({ type: "done", ...told, done: results.size, seconds, ...(failed !== undefined && { failed }) });
      };
      await sideBySide(missing, runtime.workers, train);
      const runs = runsOf({ jobs, results, plans, variants, seeds });
      const record: ComparisonRecord = {
        format: 1,
        kindred: VERSION,
        name: nameOf(options, folder),
        created: timestamp(),
        study: { ...options },
        seeds,
        data: { source: table.source, rows: table.rows },
        testShare: runs.testShare,
        ...rankVariants(runs),
        reference: variants[0]!.name,
        settings: Object.fromEntries(variants.map(({ name, settings }) => [name, settings])),
        environment: {
          node: process.version,
          platform: `${process.platform}-${process.arch}`,
          workers: runtime.workers,
        },
        warnings,
      };
      if (kept && folder !== undefined) {
        emit({ type: "stage", stage: "writing", detail: folder });
        const { renderComparison } = await import("../report/comparison-page.js");
        await kept.write(COMPARISON_FILES.record, canonicalJson(record));
        await kept.write(COMPARISON_FILES.page, renderComparison(record));
      }
      return record;
    } finally {
      await runtime.close();
    }
  } finally {
    await kept?.close();
  }
}

/** What a comparison cannot be made of. */
function checkComparable({ split, stream }: StudyOptions, seeds: number): void {
  const where = "compare";
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > 1000) {
    const expected = "a whole number of at least 1 and at most 1000";
    throw new ConfigError({ where, subject: "seeds", expected, got: String(seeds) });
  }
  if ((split.folds ?? 0) > 0) {
    const parts = {
      where,
      subject: "split.folds",
      problem: "cannot be used: every seed divides the rows anew",
    };
    throw new ConfigError({ ...parts, fix: "Take folds away and choose the number of seeds." });
  }
  if (stream === "always") {
    const parts = {
      where,
      subject: "stream",
      problem: "cannot be always: a comparison keeps the table in memory",
    };
    throw new ConfigError({ ...parts, fix: "Take stream away." });
  }
}

/** Where every seed tests the same rows, spread and p values speak of the training alone. */
function fixedSplit({ split }: StudyOptions): string[] {
  if (split.kind !== "time" && split.kind !== "column") return [];
  return [
    `The split by ${split.kind} is the same with every seed: spreads and p values tell how training varies, not how results would differ on other rows.`,
  ];
}

function runsOf({
  jobs,
  results,
  plans,
  variants,
  seeds,
}: {
  readonly jobs: readonly ComparisonJob[];
  readonly results: ReadonlyMap<string, KeptResult>;
  readonly plans: SeedPlan;
  readonly variants: readonly Variant[];
  readonly seeds: readonly number[];
}): VariantRuns {
  const resultOf = (job: ComparisonJob): KeptResult => results.get(job.name)!;
  return {
    tasks: plans.tasks,
    variants: variants.map(({ name }) => ({
      name,
      runs: jobs
        .filter((job) => job.of === "variant" && job.what === name)
        .map(resultOf)
        .map(({ metrics, seconds, stepMs, failed }) => ({
          metrics: failed === undefined ? metrics : {},
          seconds: failed === undefined ? seconds : Number.NaN,
          stepMs: stepMs ?? Number.NaN,
        })),
    })),
    alone: seeds.map((seed) =>
      Object.assign(
        {},
        ...jobs.filter((job) => job.of === "task" && job.seed === seed).map((job) => resultOf(job).metrics),
      ),
    ),
    testShare: plans.testShare(),
  };
}

function nameOf({ data }: StudyOptions, folder?: string): string {
  const stem = folder ?? sourceStem(firstSource(data));
  return stem.split(/[\\/]/).findLast((part) => part !== "") ?? "comparison";
}
