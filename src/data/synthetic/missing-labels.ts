import { ConfigError } from "../../base/errors.js";
import { didYouMean } from "../../base/nearest.js";
import { seededRandom } from "../../base/random.js";
import type { Family, MissingRule, RemovedLabel } from "./family.js";
import { normalDensity, normalShare } from "./normal.js";
import { checkRange, checkWhole } from "./options.js";

/** How labels are to be lost. */
export interface MissingOptions {
  /** Share of each task's labels that is removed, in expectation; in (0, 1). */
  readonly share: number;
  /**
   * What decides: nothing (`random`: missing completely at random), an input (`by-input`: missing at random given the inputs),
   * or the label itself (`by-value`: not at random).
   */
  readonly mechanism: MissingRule["mechanism"];
  /** How strongly, at least 0: change in the probit per standard deviation of what decides; 2 when absent. */
  readonly strength?: number;
  /** `by-input`: the input that decides; when absent the first for the first task, the second for the second, and so on. */
  readonly input?: string;
  /** Tasks that lose labels; all when absent. */
  readonly tasks?: readonly string[];
  /** Any whole number; 0 when absent. */
  readonly seed?: number;
}

/**
 * The same family with labels removed, each row and task on its own.
 *
 * P(removed) = Φ(a + strength·z), where z is the standardised input or label (for classes their place in order) and a is such
 * that the mean over labelled rows is `share`. What was removed is in `truth.removed`, with which probability in
 * `truth.missing`, after what was there already.
 *
 * @throws {ConfigError} for an option out of its range, or a task or input that is not there.
 * Departures: probit instead of logit, as elsewhere in the families.
 * @see Rubin 1976, "Inference and Missing Data".
 */
export function missingLabels(family: Family, options: MissingOptions): Family {
  const where = "missingLabels";
  const { share, mechanism, strength = 2, seed = 0, tasks = Object.keys(family.tasks) } = options;
  checkRange(where, "share", share, { above: 0, below: 1 });
  checkRange(where, "strength", strength, { least: 0 });
  checkWhole(where, "seed", seed, Number.MIN_SAFE_INTEGER);
  const mechanisms: readonly string[] = ["random", "by-input", "by-value"];
  if (!mechanisms.includes(mechanism)) throw notThere(where, "mechanism", mechanism, mechanisms);
  for (const task of tasks) {
    if (!Object.hasOwn(family.tasks, task)) throw notThere(where, "tasks", task, Object.keys(family.tasks));
  }
  if (options.input !== undefined && !family.inputs.includes(options.input))
    throw notThere(where, "input", options.input, family.inputs);

  const rows = family.rows.map((row) => ({ ...row }));
  const removed: RemovedLabel[] = [];
  const missing: MissingRule[] = [];
  for (const task of new Set(tasks)) {
    const turn = Object.keys(family.tasks).indexOf(task);
    const byInput = options.input ?? family.inputs[turn % family.inputs.length]!;
    const column = mechanism === "random" ? null : mechanism === "by-input" ? byInput : task;
    const labelled = rows.flatMap((row, i) => (isLabel(row[task]) ? [i] : []));
    const values = labelled.map((i) => (column === null ? 0 : decidingValue(family, rows[i]![column], task)));
    const rule = fitRule({ task, mechanism, column }, values, share, column === null ? 0 : strength);
    missing.push(rule);
    const random = seededRandom(
      seed,
      `synthetic/missing/${task}/${missing.length + family.truth.missing.length}`,
    );
    labelled.forEach((row, k) => {
      if (random.uniform() >= missingProbability(rule, values[k]!)) return;
      removed.push({ row, task, value: rows[row]![task] as number | string, why: mechanism });
      rows[row]![task] = null;
    });
  }
  return {
    ...family,
    rows,
    truth: {
      ...family.truth,
      removed: [...family.truth.removed, ...removed],
      missing: [...family.truth.missing, ...missing],
    },
  };
}

/**
 * Probability with which a label was removed.
 *
 * @param value of the column that decided: a number, or the place of the class in order; ignored for `random`.
 */
export function missingProbability(rule: MissingRule, value: number): number {
  const { intercept, slope, center, scale } = rule;
  return normalShare(intercept + slope * ((value - center) / scale));
}

const isLabel = (value: unknown): value is number | string =>
  typeof value === "number" || typeof value === "string";

/** A column's value as a number: classes by their place in order. */
function decidingValue(family: Family, value: unknown, task: string): number {
  return typeof value === "number" ? value : family.truth.tasks[task]!.classes.indexOf(String(value));
}

/** Standardises and finds the intercept with which the mean probability is `share`. */
function fitRule(
  what: Pick<MissingRule, "task" | "mechanism" | "column">,
  values: readonly number[],
  share: number,
  slope: number,
): MissingRule {
  const count = Math.max(1, values.length);
  const center = values.reduce((sum, x) => sum + x, 0) / count;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - center) ** 2, 0) / count);
  const scale = deviation > 0 ? deviation : 1;
  const slopes = values.map((x) => (slope * (x - center)) / scale);
  return { ...what, intercept: interceptFor(slopes, share), slope, center, scale };
}

/**
 * The a with which the mean of Φ(a + slope_i) is `share`, by Newton's method, halving the bracket where a step leaves it;
 * 0 for no rows.
 */
function interceptFor(slopes: readonly number[], share: number): number {
  let low = -9 - slopes.reduce((most, x) => Math.max(most, x), 0); // Φ is 0 below −9 and 1 above 9
  let high = 9 - slopes.reduce((least, x) => Math.min(least, x), 0);
  let intercept = 0;
  for (let i = 0; i < 100 && slopes.length > 0; i++) {
    let [excess, rise] = [-share * slopes.length, 0];
    for (const x of slopes) {
      excess += normalShare(intercept + x);
      rise += normalDensity(intercept + x);
    }
    if (Math.abs(excess) < 1e-12 * slopes.length) break;
    if (excess < 0) low = intercept;
    else high = intercept;
    const next = intercept - excess / rise;
    intercept = next > low && next < high ? next : (low + high) / 2;
  }
  return intercept;
}

function notThere(where: string, subject: string, got: string, known: readonly string[]): ConfigError {
  const fix = didYouMean(got, known);
  return new ConfigError({
    where,
    subject,
    expected: `one of ${known.slice(0, 20).join(", ")}${known.length > 20 ? ", …" : ""}`,
    got: `"${got}"`,
    ...(fix !== undefined && { fix }),
  });
}
