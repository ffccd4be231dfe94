import { timestamp } from "../base/clock.js";
import type { InspectedTable } from "../data/index.js";
import { type VariantRuns, rankVariants } from "../evaluation/rank-variants.js";
import { canonicalJson } from "../run/index.js";
import { COMPARISON_FILES } from "../run/comparison-folder.js";
import type { ComparisonRecord } from "../run/comparison-record.js";
import type { CompareEvent } from "./compare-event.js";
import type { StudyOptions } from "./options.js";
import { type TrainedVariants, trainVariants } from "./train-variants.js";
import { type Variant, checkVariants } from "./variants.js";
import { VERSION } from "./version.js";

export type { CompareEvent } from "./compare-event.js";

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
  const { variants, seeds = SEEDS, folder, onEvent: emit } = how;
  checkVariants(variants, "compare");
  return trainVariants(options, { ...how, seeds }, given, async (trained) => {
    const { table, name, environment, warnings, kept } = trained;
    const runs = runsOf(trained, variants);
    const record: ComparisonRecord = {
      format: 1,
      kindred: VERSION,
      name,
      created: timestamp(),
      study: { ...options },
      seeds: trained.seeds,
      data: { source: table.source, rows: table.rows },
      testShare: runs.testShare,
      ...rankVariants(runs),
      reference: variants[0]!.name,
      settings: Object.fromEntries(variants.map((variant) => [variant.name, variant.settings])),
      environment,
      warnings,
    };
    if (kept && folder !== undefined) {
      emit?.({ type: "stage", stage: "writing", detail: folder });
      const { renderComparison } = await import("../report/comparison-page.js");
      await kept.write(COMPARISON_FILES.record, canonicalJson(record));
      await kept.write(COMPARISON_FILES.page, renderComparison(record));
    }
    return record;
  });
}

function runsOf(
  { jobs, resultOf, plans, seeds }: TrainedVariants,
  variants: readonly Variant[],
): VariantRuns {
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
