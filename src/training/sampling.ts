import type { Random } from "../base/random.js";
import { groupOrder, taskGroups } from "../model/groups.js";
import type { ModelSpec } from "../model/spec.js";
import { type LabelTables, type TrainingData, labelTables, labelledRows } from "./training-data.js";

/** How often the rows of each task are drawn. */
export interface Sampling {
  /**
   * `proportional`: every row once an epoch; `equal`: every task as often as any other; `temperature`: in between, a task of n
   * labelled rows in proportion to n^(1/T).
   */
  readonly policy: "proportional" | "equal" | "temperature";
  /** T of the policy `temperature`, at least 1: 1 is proportional to labelled rows, large values are near equal. */
  readonly temperature: number;
}

/**
 * The probability of each task, `p_t ∝ n_t^(1/T)`, T = 1 for `proportional`, infinite for `equal`; 0 for a task without rows.
 *
 * @param labelled n, the labelled training rows of each task.
 * @see Arivazhagan et al. 2019, "Massively Multilingual Neural Machine Translation in the Wild: Findings and Challenges" (T of
 * 1, 5 and 100), which follows Aharoni, Johnson & Firat 2019, "Massively Multilingual Neural Machine Translation"; multilingual
 * BERT (Devlin et al. 2019) takes the exponent 1/T = 0.7.
 */
export function taskProbabilities(labelled: readonly number[], { policy, temperature }: Sampling): number[] {
  const exponent = policy === "proportional" ? 1 : policy === "equal" ? 0 : 1 / temperature;
  const most = Math.max(1, ...labelled); // keeps powers of large counts exact enough
  const powers = labelled.map((count) => (count > 0 ? (count / most) ** exponent : 0));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * The probability of each row: that of drawing a task by its probability and then one of its labelled rows, all alike. A row
 * with labels of several tasks is drawn for each of them: `w_i = Σ p_t / n_t` over its tasks.
 *
 * @param rows the training rows, each with a label of some task.
 * @returns `[rows]`, with a sum of 1; undefined where every row is drawn once an epoch: for `proportional`, and where all
 * probabilities are the same.
 */
export function rowProbabilities(
  spec: ModelSpec,
  tables: LabelTables,
  rows: Int32Array,
  sampling: Sampling | undefined,
): Float64Array | undefined {
  if (sampling === undefined || sampling.policy === "proportional" || spec.tasks.length === 1)
    return undefined;
  const { labelled, has } = labels(spec, tables, rows);
  const shares = taskProbabilities(labelled, sampling);
  const ofTask = shares.map((share, t) => (labelled[t]! > 0 ? share / labelled[t]! : 0));
  const weights = Float64Array.from(rows, (row) =>
    ofTask.reduce((sum, weight, t) => sum + (has(row, t) ? weight : 0), 0),
  );
  const alike = weights.every((weight) => Math.abs(weight * rows.length - 1) < 1e-9); // rounding of the sums
  return alike ? undefined : weights;
}

/**
 * Rows drawn by systematic sampling: as many draws of each row as its probability asks for, to within one, so that an epoch
 * differs from its expectation as little as can be. Rows and draws are in random order.
 *
 * @param probabilities of the rows, with a sum of 1.
 * @see Madow 1949, "On the Theory of Systematic Sampling, II", for unequal probabilities.
 */
export function systematicOrder(
  rows: Int32Array,
  probabilities: Float64Array,
  length: number,
  random: Random,
): Int32Array {
  const places = random.shuffle(Int32Array.from({ length: rows.length }, (_, i) => i));
  const start = random.uniform();
  const drawn = new Int32Array(length);
  let [at, passed] = [0, probabilities[places[0]!]!];
  for (let k = 0; k < length; k++) {
    const point = (start + k) / length;
    while (passed <= point && at < places.length - 1) {
      at += 1;
      passed += probabilities[places[at]!]!;
    }
    drawn[k] = rows[places[at]!]!;
  }
  return random.shuffle(drawn);
}

/** What sampling does to one task in an epoch. */
export interface TaskVisits {
  /** Labelled training rows. */
  readonly labelled: number;
  /** Labelled rows expected in the batches of an epoch. */
  readonly visits: number;
  /** Share of all tasks' visits. */
  readonly share: number;
}

/** How often the batches of an epoch are expected to hold a label of each task, by task. */
export function expectedVisits(
  spec: ModelSpec,
  data: TrainingData,
  { batch, sampling }: { readonly batch: number; readonly sampling?: Sampling },
): Record<string, TaskVisits> {
  const tables = labelTables(spec, data);
  const rows = labelledRows(spec, tables, data.split.train);
  const draws = Math.max(1, Math.ceil(rows.length / batch)) * batch;
  const weights = rowProbabilities(spec, tables, rows, sampling);
  const { labelled, has, order } = labels(spec, tables, rows);
  const visits = labelled.map((_, t) =>
    rows.reduce((sum, row, i) => sum + (has(row, t) ? (weights?.[i] ?? 1 / rows.length) * draws : 0), 0),
  );
  const all = visits.reduce((sum, count) => sum + count, 0);
  const found = new Map(
    order.map((task, t) => [
      task,
      { labelled: labelled[t]!, visits: visits[t]!, share: all > 0 ? visits[t]! / all : 0 },
    ]),
  );
  return Object.fromEntries(spec.tasks.map(({ name }, t) => [name, found.get(t)!]));
}

/** Labelled rows of each column of the mask; tasks that find their own targets have all rows. */
function labels(
  spec: ModelSpec,
  { mask }: LabelTables,
  rows: Int32Array,
): { labelled: number[]; has: (row: number, t: number) => boolean; order: readonly number[] } {
  const groups = taskGroups(spec);
  const supervised = groups.flatMap(({ tasks, kind }) => tasks.map(() => kind.supervised));
  const has = (row: number, t: number): boolean => !supervised[t] || mask[row * supervised.length + t] === 1;
  const labelled = supervised.map((_, t) => rows.reduce((sum, row) => sum + (has(row, t) ? 1 : 0), 0));
  return { labelled, has, order: groupOrder(groups) };
}
