import { DataError } from "../../base/errors.js";
import type { Row } from "../raw-rows.js";
import { intervalShares } from "./best-score.js";
import type { Family, PlantedTask } from "./family.js";

/** A task's score of a row: coefficients·inputs. For a regression it is the best prediction there is. */
export function trueScore(family: Family, task: string, row: Row): number {
  const { coefficients } = planted(family, task);
  return family.inputs.reduce((sum, name, f) => sum + coefficients[f]! * Number(row[name]), 0);
}

/** True probabilities of a classification for a row `[K]`, in the order of its `classes`; `[]` for regression. */
export function trueProbabilities(family: Family, task: string, row: Row): number[] {
  const { cuts, noise, kind, turns, parent } = planted(family, task);
  if (kind === "regression") return [];
  const score = trueScore(family, task, row);
  if (!turns) return intervalShares(score, cuts, noise);
  return trueProbabilities(family, parent!, row).flatMap((share, g) =>
    intervalShares(turns[g]! * score, cuts, noise).map((part) => share * part),
  );
}

/** The prediction that no other beats but by chance: the score of a regression, the most probable label. */
export function bestPrediction(family: Family, task: string, row: Row): number | string {
  const { kind, classes } = planted(family, task);
  if (kind === "regression") return trueScore(family, task, row);
  const shares = trueProbabilities(family, task, row);
  return classes[shares.indexOf(Math.max(...shares))]!;
}

/** The rows with every removed label put back. */
export function completeRows(family: Family): Row[] {
  const rows = family.rows.map((row): Record<string, unknown> => ({ ...row }));
  for (const { row, task, value } of family.truth.removed) rows[row]![task] = value;
  return rows;
}

/**
 * What the best prediction scores on the labels of these rows: R² of a regression, accuracy of a classification.
 *
 * @param rows the family's own when absent; rows without a label of the task do not count.
 * @returns the score and on how many labels it is; NaN where there are none, or amounts do not vary.
 * @throws {DataError} for a task that is not the family's.
 */
export function scoreOfTruth(
  family: Family,
  task: string,
  rows: readonly Row[] = family.rows,
): { readonly value: number; readonly labels: number } {
  const { kind } = planted(family, task);
  const labelled = rows.filter((row) => row[task] !== null && row[task] !== undefined);
  const labels = labelled.length;
  if (labels === 0) return { value: Number.NaN, labels };
  if (kind !== "regression") {
    const right = labelled.filter((row) => bestPrediction(family, task, row) === row[task]).length;
    return { value: right / labels, labels };
  }
  const values = labelled.map((row) => Number(row[task]));
  const mean = values.reduce((sum, y) => sum + y, 0) / labels;
  const total = values.reduce((sum, y) => sum + (y - mean) ** 2, 0);
  const left = labelled.reduce(
    (sum, row) => sum + (Number(row[task]) - trueScore(family, task, row)) ** 2,
    0,
  );
  return { value: total > 0 ? 1 - left / total : Number.NaN, labels };
}

function planted(family: Family, task: string): PlantedTask {
  if (Object.hasOwn(family.truth.tasks, task)) return family.truth.tasks[task]!;
  throw new DataError({
    where: "synthetic family",
    subject: `task "${task}"`,
    problem: "is not one of its tasks",
    fix: `They are ${Object.keys(family.truth.tasks).join(", ")}.`,
  });
}
