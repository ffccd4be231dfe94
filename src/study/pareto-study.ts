import { timestamp } from "../base/clock.js";
import { ConfigError } from "../base/errors.js";
import type { InspectedTable } from "../data/index.js";
import { dominatorsOf, hypervolume } from "../evaluation/pareto-front.js";
import { spreadOf } from "../evaluation/rank-variants.js";
import { type KeptResult, PARETO_FILES } from "../run/comparison-folder.js";
import { canonicalJson } from "../run/index.js";
import type { ParetoPoint, ParetoRecord } from "../run/pareto-record.js";
import type { CompareEvent } from "./compare-event.js";
import type { StudyOptions } from "./options.js";
import { type Preference, evenPreferences, preferenceName } from "./preferences.js";
import { orList } from "./schema-values.js";
import { type TrainedVariants, trainVariants } from "./train-variants.js";
import type { Variant } from "./variants.js";
import { VERSION } from "./version.js";
import { WEIGHING_BALANCES } from "./weight-faults.js";

/** How a front is traced. */
export interface ParetoHow {
  /** How many preferences; default 9 for two tasks and 10 for three. */
  readonly points?: number;
  /** How many seeds, from that of the study on; default 3. */
  readonly seeds?: number;
  /**
   * The corner of the hypervolume: a loss by task. When absent 1.1 times the largest mean test loss of all points and single-task
   * models; fronts can be compared by one reference alone.
   */
  readonly reference?: Readonly<Record<string, number>>;
  /** Where results are kept, so that an interrupted front goes on; nothing is written without it. */
  readonly folder?: string;
  /** Start anew where the folder holds results. */
  readonly overwrite?: boolean;
  readonly onEvent?: (event: CompareEvent) => void;
  readonly signal?: AbortSignal;
}

const SEEDS = 3;
const POINTS = { two: 9, three: 10 } as const;
const BEYOND = 1.1; // of the worst loss: where the reference stands

/** The method of balance of a front where the study has none that reads weights. */
export const FRONT_BALANCE = "fixed" satisfies StudyOptions["balance"];

/**
 * Traces the Pareto front of a study of two or three tasks: one shared model for each preference and seed, with a method of balance
 * that reads the tasks' weights, and each task alone once a seed. Weights that the study gives are replaced by the preferences, whose
 * mean is 1.
 *
 * @throws {ConfigError} for other numbers of tasks or points, for a method that reads no weights, and for a folder of another study;
 * {KindredError} as reading and training do; an abort rejects with the signal's reason.
 */
export async function paretoStudy(
  given: StudyOptions,
  how: ParetoHow,
  table?: InspectedTable,
): Promise<ParetoRecord> {
  const options = forFront(given);
  const names = Object.keys(options.tasks);
  const { seeds = SEEDS, points = names.length === 3 ? POINTS.three : POINTS.two, folder, onEvent } = how;
  const preferences = evenPreferences(names.length, points);
  checkReference(how.reference, names);
  const variants = preferences.map((preference): Variant => {
    const weights = Object.fromEntries(names.map((name, t) => [name, names.length * preference[t]!]));
    return { name: preferenceName(preference), settings: {}, weights };
  });
  return trainVariants(options, { ...how, variants, seeds }, table, async (trained) => {
    const { kept, name, environment, warnings } = trained;
    const record: ParetoRecord = {
      format: 1,
      kindred: VERSION,
      name,
      created: timestamp(),
      study: { ...options },
      balance: options.balance,
      seeds: trained.seeds,
      data: { source: trained.table.source, rows: trained.table.rows },
      ...frontOf(trained, names, preferences, how.reference),
      environment,
      warnings,
    };
    if (kept && folder !== undefined) {
      onEvent?.({ type: "stage", stage: "writing", detail: folder });
      const { renderPareto } = await import("../report/pareto-page.js");
      await kept.write(PARETO_FILES.record, canonicalJson(record));
      await kept.write(PARETO_FILES.page, renderPareto(record));
    }
    return record;
  });
}

/** The study with a method of balance that reads preferences. */
function forFront({ balance, tasks, ...study }: StudyOptions): StudyOptions {
  const where = "pareto";
  const chosen = ["auto", "equal"].includes(balance) ? FRONT_BALANCE : balance;
  if (!WEIGHING_BALANCES.includes(chosen)) {
    const expected = `one that reads preferences: ${orList(WEIGHING_BALANCES)}`;
    throw new ConfigError({ where, setting: ["balance"], subject: "balance", expected, got: `"${balance}"` });
  }
  const wrong = Object.entries(tasks).find(([, { by, kind }]) => by !== undefined || kind === "clustering");
  if (wrong) {
    const problem = "cannot be traced: a front is of two or three targets with a column each";
    throw new ConfigError({
      where,
      subject: `task "${wrong[0]}"`,
      problem,
      fix: "Name others with --tasks.",
    });
  }
  return { ...study, balance: chosen, tasks };
}

function checkReference(reference: ParetoHow["reference"], names: readonly string[]): void {
  if (reference === undefined) return;
  const bad = names.find((name) => !Number.isFinite(reference[name]));
  if (bad === undefined) return;
  const expected = `a loss for every task: ${names.join(", ")}`;
  throw new ConfigError({ where: "pareto", subject: "reference", expected, got: JSON.stringify(reference) });
}

/** Losses of all points with what they say of each other. */
function frontOf(
  { jobs, resultOf, plans }: TrainedVariants,
  names: readonly string[],
  preferences: readonly Preference[],
  given: ParetoHow["reference"],
): Pick<ParetoRecord, "tasks" | "points" | "reference" | "hypervolume"> {
  const resultsOf = (of: "variant" | "task", what: string): KeptResult[] =>
    jobs.filter((job) => job.of === of && job.what === what).map(resultOf);
  const drawn = preferences.map((preference) => {
    const name = preferenceName(preference);
    const results = resultsOf("variant", name);
    const test = names.map((task) => spreadOf(results.map(({ metrics }) => lossOf(metrics[task]))));
    const validation = names.map((task) =>
      spreadOf(results.map((result) => result.validation?.[task] ?? Number.NaN)),
    );
    const failed = results.filter((result) => result.failed !== undefined).length;
    return { name, preference, test, validation, failed };
  });
  const tasks = names.map((name): ParetoRecord["tasks"][number] => {
    const results = resultsOf("task", name);
    const kind = plans.tasks.find((task) => task.name === name)?.kind ?? "";
    const alone = spreadOf(results.map(({ metrics }) => lossOf(metrics[name])));
    return { name, kind, loss: kind === "regression" ? "1 − R²" : "log loss", alone };
  });
  const meansOf = (part: "test" | "validation"): number[][] =>
    drawn.map((point) => point[part].map(({ mean }) => mean ?? Number.NaN));
  const [test, validation] = [meansOf("test"), meansOf("validation")];
  const reference = tasks.map(({ name, alone }, t) => {
    const all = [alone.mean ?? Number.NaN, ...test.map((losses) => losses[t]!)].filter(Number.isFinite);
    return given?.[name] ?? BEYOND * Math.max(...all);
  });
  const points = drawn.map((point, i): ParetoPoint => {
    const complete = test[i]!.every(Number.isFinite);
    return {
      ...point,
      dominatedBy: dominatorsOf(test, i).map((at) => drawn[at]!.name),
      bestOnValidation: complete && dominatorsOf(validation, i).length === 0,
    };
  });
  const volume = hypervolume(
    test.filter((losses) => losses.every(Number.isFinite)),
    reference,
  );
  return { tasks, points, reference, hypervolume: volume };
}

/** What counts as the loss on test rows: log loss, or the mean squared error as a share of the variance. */
function lossOf(metrics: Readonly<Record<string, number | null>> | undefined): number {
  const { "log-loss": log, r2 } = metrics ?? {};
  if (typeof log === "number") return log;
  return typeof r2 === "number" ? 1 - r2 : Number.NaN;
}
