import { isNumberColumn, type Column } from "../data/table.js";
import type { ClassType } from "./task-kind.js";

/** How the labels of a column are written: whole numbers without a decimal point, booleans as `true` and `false`. */
export function classTypeOf(column: Column): ClassType {
  if (!isNumberColumn(column)) return column.codes === true ? typeOfCodes(column.strings) : "string";
  if (column.type === "boolean") return "boolean";
  const whole = column.numbers.every((value) => Number.isNaN(value) || Number.isSafeInteger(value));
  return whole ? "integer" : "number";
}

/** Codes are numbers, each written the shortest way: their labels are those of the numbers. */
function typeOfCodes(codes: readonly (string | null)[]): ClassType {
  return codes.every((text) => text === null || Number.isSafeInteger(Number(text))) ? "integer" : "number";
}

/**
 * The label of one row as text, undefined where it is missing.
 *
 * @param classType how the task's labels are written; for `boolean` any number but 0 is `true`.
 */
export function labelOf(column: Column, row: number, classType: ClassType): string | undefined {
  if (!isNumberColumn(column)) return column.strings[row] ?? undefined;
  const value = column.numbers[row]!;
  if (Number.isNaN(value)) return undefined;
  return classType === "boolean" ? String(value !== 0) : String(value);
}

/** Labels in ascending order: of their numbers where they are numbers, else of their code units. */
export function sortLabels(labels: Iterable<string>, classType: ClassType): string[] {
  const numeric = classType === "integer" || classType === "number";
  return [...labels].sort((a, b) => (numeric ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0));
}
