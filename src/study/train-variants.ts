import { ConfigError } from "../base/errors.js";
import { sideBySide } from "../base/side-by-side.js";
import type { InspectedTable } from "../data/index.js";
import { shownSource, sourceStem } from "../data/sources/index.js";
import { type ComparisonFolder, type KeptResult, openComparison } from "../run/comparison-folder.js";
import { nodeRuntime } from "../runtime/node.js";
import { checkMethods } from "./check-methods.js";
import type { CompareEvent } from "./compare-event.js";
import { type ComparisonJob, comparisonJobs } from "./compare-jobs.js";
import { type SeedPlan, seedPlans } from "./compare-seeds.js";
import { dataWords, firstSource, mapData } from "./data-names.js";
import type { StudyOptions } from "./options.js";
import { inspectForStudy } from "./plan.js";
import { readData } from "./read-data.js";
import { tableDigest } from "./table-digest.js";
import { type Variant, studyOfVariant } from "./variants.js";
import { VERSION } from "./version.js";

/** How variants are trained. */
export interface VariantTraining {
  readonly variants: readonly Variant[];
  /** How many seeds, from that of the study on. */
  readonly seeds: number;
  /** Where results are kept, so that an interrupted training goes on; nothing is written without it. */
  readonly folder?: string;
  /** Start anew where the folder holds results. */
  readonly overwrite?: boolean;
  readonly onEvent?: (event: CompareEvent) => void;
  readonly signal?: AbortSignal;
}

/** Every variant and every task alone, trained with every seed. */
export interface TrainedVariants {
  readonly table: InspectedTable;
  readonly plans: SeedPlan;
  readonly seeds: readonly number[];
  readonly jobs: readonly ComparisonJob[];
  resultOf(job: ComparisonJob): KeptResult;
  /** What a record of them is called. */
  readonly name: string;
  readonly environment: { readonly node: string; readonly platform: string; readonly workers: number };
  readonly warnings: readonly string[];
  /** The folder, locked until `finish` has ended. */
  readonly kept?: ComparisonFolder;
}

/**
 * Trains every variant of a study with every seed, and the single-task models once a seed, side by side, unless the folder has them
 * from before. The split and all random choices follow the seed and are the same for all variants.
 *
 * @param finish makes of the trained ones what is wanted, and may write it.
 * @throws {ConfigError} for settings that do not fit, and for a folder of another study; {KindredError} as reading and training do;
 * an abort rejects with the signal's reason.
 */
export async function trainVariants<R>(
  options: StudyOptions,
  how: VariantTraining,
  given: InspectedTable | undefined,
  finish: (trained: TrainedVariants) => Promise<R>,
): Promise<R> {
  const { variants, seeds: count, folder, onEvent: emit = () => {}, signal } = how;
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
      return await finish({
        table,
        plans,
        seeds,
        jobs,
        resultOf: ({ name }) => results.get(name)!, // every one has been trained
        name: nameOf(options, folder),
        environment: {
          node: process.version,
          platform: `${process.platform}-${process.arch}`,
          workers: runtime.workers,
        },
        warnings,
        ...(kept && { kept }),
      });
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

function nameOf({ data }: StudyOptions, folder?: string): string {
  const stem = folder ?? sourceStem(firstSource(data));
  return stem.split(/[\\/]/).findLast((part) => part !== "") ?? "comparison";
}
