import { DataError } from "../base/errors.js";
import { isNumberColumn, type Column } from "../data/table.js";
import { checkNumbers, checkVariation, countLabels } from "./detect.js";
import { classTypeOf, labelOf, sortLabels } from "./labels.js";
import type { ClassCoding, RegressionCoding } from "./task-kind.js";
import type { TransformChoice } from "./transforms/choices.js";
import { fitTransform } from "./transforms/fit-transform.js";
import { transformed } from "./transforms/target-transform.js";

/** A target's coding and what must be said about it. */
export interface FittedTarget {
  readonly coding: RegressionCoding | ClassCoding;
  readonly warnings: readonly string[];
}

/** Where the target came from, for messages. */
export interface FitTargetOptions {
  /** The table as the user named it. */
  readonly source: string;
  /** How a regression target is transformed before it is standardised; `none` when absent. */
  readonly transform?: TransformChoice;
}

const LARGEST = 1e37; // models are float32, which ends at 3.4e38

/**
 * Fits a target's coding on training rows: transform, mean and deviation for regression, classes and their shares
 * otherwise.
 *
 * A class without training rows is left out with a warning; its rows count as unlabelled. Two classes make the coding
 * binary, more make it multiclass, whichever of the two was asked for.
 *
 * @param trainRows indices of the training rows.
 * @throws {DataError} if the target has no value or one only, holds text where regression was asked for, has infinite
 * or huge values, has a class with a single row, or has negative values and is to be transformed by a logarithm.
 */
export function fitTarget(
  column: Column,
  trainRows: ArrayLike<number>,
  kind: "regression" | "binary" | "multiclass",
  { source, transform = "none" }: FitTargetOptions,
): FittedTarget {
  checkFinite(column, source);
  if (kind === "regression") return fitRegression(column, trainRows, source, transform);
  return fitClasses(column, trainRows, source);
}

function fitRegression(
  column: Column,
  trainRows: ArrayLike<number>,
  source: string,
  choice: TransformChoice,
): FittedTarget {
  checkNumbers(column, source);
  if (!isNumberColumn(column)) throw new TypeError("checkNumbers lets number columns pass only");
  const distinct = new Set(column.numbers);
  distinct.delete(Number.NaN);
  checkVariation(column, distinct.size, source);

  const values = Array.from(trainRows, (row) => column.numbers[row]!).filter((value) => !Number.isNaN(value));
  checkTraining(column, new Set(values).size, source);
  if (choice === "log") checkNotNegative(column.numbers, column.name, source);
  const transform = fitTransform(Float64Array.from(values), choice);
  const scaled = transform ? values.map((value) => transformed(transform, value)) : values;
  const mean = scaled.reduce((sum, value) => sum + value / scaled.length, 0);
  const variance = scaled.reduce((sum, value) => sum + (value - mean) ** 2 / scaled.length, 0);
  const [deviation, labelled] = [Math.sqrt(variance), values.length];
  return {
    coding: { kind: "regression", ...(transform && { transform }), mean, deviation, labelled },
    warnings: [],
  };
}

function fitClasses(column: Column, trainRows: ArrayLike<number>, source: string): FittedTarget {
  const counts = countLabels(column);
  checkVariation(column, counts.size, source);
  const classType = classTypeOf(column);
  const labels = sortLabels(counts.keys(), classType);
  checkSingles(
    column,
    labels.filter((label) => counts.get(label) === 1),
    source,
  );

  const inTraining = new Map<string, number>();
  for (let i = 0; i < trainRows.length; i++) {
    const label = labelOf(column, trainRows[i]!, classType);
    if (label !== undefined) inTraining.set(label, (inTraining.get(label) ?? 0) + 1);
  }
  checkTraining(column, inTraining.size, source);
  const classes = labels.filter((label) => inTraining.has(label));
  const labelled = classes.reduce((sum, label) => sum + inTraining.get(label)!, 0);
  const priors = classes.map((label) => inTraining.get(label)! / labelled);
  return {
    coding: { kind: classes.length === 2 ? "binary" : "multiclass", classes, classType, priors, labelled },
    warnings: labels
      .filter((label) => !inTraining.has(label))
      .map((label) => leftOut(column, label, counts.get(label)!)),
  };
}

const leftOut = (column: Column, label: string, rows: number): string =>
  `Target "${column.name}": class "${label}" has no training row and cannot be learned; its ${rows} rows count as unlabelled.`;

function checkSingles(column: Column, singles: readonly string[], source: string): void {
  if (singles.length === 0) return;
  const names = singles.slice(0, 3).map((label) => `"${label}"`);
  const rest = singles.length > 3 ? ` and ${singles.length - 3} more` : "";
  throw new DataError({
    where: source,
    subject: `target "${column.name}"`,
    problem: `has ${singles.length === 1 ? "a class" : "classes"} with a single row: ${names.join(", ")}${rest}`,
    fix: isNumberColumn(column)
      ? "Merge such classes with others, empty those cells, or set its kind to regression."
      : "Merge such classes with others, or empty those cells.",
  });
}

function checkNotNegative(numbers: Float64Array, name: string, source: string): void {
  const row = numbers.findIndex((value) => value < 0);
  if (row < 0) return;
  throw new DataError({
    where: source,
    subject: `target "${name}", row ${row + 1}`,
    expected: "at least 0 for a logarithm",
    got: String(numbers[row]),
    fix: "Set its transform to yeo-johnson, which takes numbers of either sign, or to none.",
    setting: ["tasks", name, "transform"],
  });
}

function checkTraining(column: Column, distinct: number, source: string): void {
  if (distinct > 1) return;
  throw new DataError({
    where: source,
    subject: `target "${column.name}"`,
    problem: `has ${distinct === 0 ? "no value" : "one value only"} in the training rows`,
    fix: "Use another split or seed, or label more rows.",
  });
}

function checkFinite(column: Column, source: string): void {
  if (!isNumberColumn(column)) return;
  const row = column.numbers.findIndex((value) => Math.abs(value) > LARGEST);
  if (row < 0) return;
  const value = column.numbers[row]!;
  throw new DataError({
    where: source,
    subject: `target "${column.name}", row ${row + 1}`,
    expected: Number.isFinite(value) ? `at most ${LARGEST} in size` : "a finite number",
    got: String(value),
    fix: Number.isFinite(value)
      ? "Give the target in a larger unit."
      : "Correct the value, or empty the cell to leave the row unlabelled.",
  });
}
