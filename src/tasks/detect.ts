import { DataError } from "../base/errors.js";
import { isNumberColumn, type Column } from "../data/table.js";
import { classTypeOf, labelOf } from "./labels.js";

/** What the user has said about a target. */
export interface DetectOptions {
  /** Set by hand: nothing is guessed, only binary told from multiclass. */
  readonly kind?: "regression" | "classification";
  /** The table as the user named it, for messages. */
  readonly source?: string;
}

/** The kind of a task and one clause that says why. */
export interface DetectedTask {
  readonly kind: "regression" | "binary" | "multiclass";
  readonly because: string;
}

const MOST_GRADES = 10; // distinct whole numbers that still read as grades or codes rather than amounts
const LEAST_FILLED = 0.75; // classes are numbered one by one: they fill at least this share of their range
const CODE_DIGITS = 3; // codes of this many digits and more are made of parts, such as 111, 112, 120, and need fill nothing
const MOST_CLASSES = 50; // more strings than this are hardly classes: names, codes, free text

/**
 * Tells what a target asks for from its values: amounts, two classes or several.
 *
 * @throws {DataError} if the target has no or one value, is an identifier or text, or has more than 50 labels, unless
 * `kind` is set; if `kind` is regression and the target is not a number.
 */
export function detectTask(column: Column, { kind, source = "data" }: DetectOptions = {}): DetectedTask {
  const counts = countLabels(column);
  checkVariation(column, counts.size, source);
  if (kind === "regression") {
    checkNumbers(column, source);
    return { kind, because: "set" };
  }
  if (kind === "classification")
    return { kind: classKind(counts.size), because: `set; ${counts.size} classes` };
  return isNumberColumn(column) ? detectNumbers(column, counts) : detectStrings(column, counts.size, source);
}

/**
 * Refuses a target that cannot be an amount.
 *
 * @throws {DataError} if the column holds strings.
 */
export function checkNumbers(column: Column, source: string): void {
  if (isNumberColumn(column)) return;
  const example = column.strings.find((text) => text !== null) ?? "";
  throw new DataError({
    where: source,
    subject: `target "${column.name}"`,
    expected: "numbers for regression",
    got: `text such as "${shorten(example)}"`,
    fix: "Set its kind to classification, or clean the column so that every value is a number.",
  });
}

/**
 * Refuses a target from which nothing can be learned.
 *
 * @param distinct how many distinct values it has.
 * @throws {DataError} if the target has no value, or one only.
 */
export function checkVariation(column: Column, distinct: number, source: string): void {
  if (distinct > 1) return;
  const subject = `target "${column.name}"`;
  throw new DataError(
    distinct === 0
      ? {
          where: source,
          subject,
          problem: "has no value in any row",
          fix: "Choose another target, or check how missing values are spelled.",
        }
      : {
          where: source,
          subject,
          problem: "has the same value in every labelled row, so there is nothing to learn",
          fix: "Choose another target, or give rows with other values.",
        },
  );
}

/** Rows per label, over labelled rows. */
export function countLabels(column: Column): Map<string, number> {
  const classType = classTypeOf(column);
  const counts = new Map<string, number>();
  const rows = isNumberColumn(column) ? column.numbers.length : column.strings.length;
  for (let row = 0; row < rows; row++) {
    const label = labelOf(column, row, classType);
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
}

const classKind = (classes: number): "binary" | "multiclass" => (classes === 2 ? "binary" : "multiclass");

function detectNumbers(column: Column, counts: Map<string, number>): DetectedTask {
  const distinct = counts.size;
  if (column.type === "boolean") return { kind: "binary", because: "true or false" };
  if (column.type === "date") return { kind: "regression", because: "dates, as days since 1970-01-01" };
  if (classTypeOf(column) !== "integer")
    return { kind: "regression", because: `${distinct} distinct numbers` };
  if (distinct > MOST_GRADES) return { kind: "regression", because: `${distinct} distinct whole numbers` };
  if (distinct === 2)
    return { kind: "binary", because: `two distinct numbers, ${[...counts.keys()].sort().join(" and ")}` };
  if ([...counts.values()].some((count) => count < 2)) {
    return { kind: "regression", because: `${distinct} distinct whole numbers, some in a single row` };
  }
  const values = [...counts.keys()].map(Number).sort((a, b) => a - b);
  if (areSteps(values)) {
    const because = `${distinct} distinct whole numbers with gaps, from ${values[0]} to ${values.at(-1)}, as of amounts; set its kind to classification if they are classes`;
    return { kind: "regression", because };
  }
  return {
    kind: "multiclass",
    because: `only ${distinct} distinct whole numbers; set its kind to regression if they are amounts`,
  };
}

/**
 * Whether whole numbers are steps of an amount rather than numbers of classes: they leave gaps, and are not long codes of
 * one length, which have no common step.
 */
function areSteps(sorted: readonly number[]): boolean {
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  if (sorted.length >= LEAST_FILLED * (high - low + 1)) return false;
  const digits = String(low).length;
  const oneLength = low > 0 && digits >= CODE_DIGITS && String(high).length === digits;
  const step = sorted.reduce((common, value) => commonDivisor(common, value - low), 0);
  return !(oneLength && step === 1);
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));

function detectStrings(column: Column, distinct: number, source: string): DetectedTask {
  const doubt =
    column.type === "category" || column.type === "ordinal"
      ? distinct > MOST_CLASSES && `has ${distinct} labels, more than the ${MOST_CLASSES} expected of classes`
      : column.type === "identifier"
        ? "looks like an identifier: nearly every row has a value of its own"
        : "looks like free text";
  if (doubt) {
    throw new DataError({
      where: source,
      subject: `target "${column.name}"`,
      problem: doubt,
      fix: "Choose another target, or set its kind to classification if these are classes.",
    });
  }
  return { kind: classKind(distinct), because: `${distinct} labels` };
}

function shorten(text: string): string {
  return text.length > 30 ? `${text.slice(0, 29)}…` : text;
}
