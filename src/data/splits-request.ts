import { ConfigError, DataError } from "../base/errors.js";
import type { Column } from "./table.js";

/** How rows are to be divided. */
export interface SplitRequest {
  readonly rows: number;
  readonly kind: "random" | "stratified" | "group" | "time" | "column";
  readonly seed: number;
  /** Shares of all rows, each in (0, 1), together below 1. */
  readonly validation: number;
  readonly test: number;
  /** For `stratified`: columns whose values, or tenths of their ranks, are kept in proportion; missing is a value too. */
  readonly strata?: readonly Column[];
  /**
   * For `group`: rows of equal value stay together, those without a value too. For `time`: dates or numbers, the oldest
   * first. For `column`: `train`, `validation` (or `valid`, `val`, `dev`; optional) and `test`, in any case.
   */
  readonly column?: Column;
  /** For `random` and `stratified`: by row the number of its group, whose rows stay in one part; each row by itself when absent. */
  readonly together?: Int32Array;
  /** The table's name, for messages. */
  readonly source: string;
}

/** Row numbers of the three parts, each ascending; disjoint, none empty. */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/**
 * The column that a split needs.
 *
 * @throws {ConfigError} when the request names none.
 */
export function columnOfSplit({ column, kind, source }: SplitRequest): Column {
  if (!column) throw needsColumn(kind, source);
  return column;
}

/**
 * The columns of which a stratified split keeps the proportions.
 *
 * @throws {ConfigError} when the request names none.
 */
export function strataOfSplit({ strata, kind, source }: SplitRequest): readonly Column[] {
  if (!strata || strata.length === 0) throw needsColumn(kind, source);
  return strata;
}

/** The subject of messages about a split's column. */
export const splitColumnWords = (column: Column): string => `split column "${column.name}"`;

/** Refuses a table with fewer rows than its division needs. */
export function tooFew(source: string, subject: string, got: number, need: number): DataError {
  return new DataError({
    where: source,
    subject,
    problem: `are too few for train, validation and test: ${got} where at least ${need} are needed`,
    fix: "Add rows.",
  });
}

/** Refuses a column with fewer different values than there are parts, since one value is never in two parts. */
export function tooFewValues(
  source: string,
  column: Column,
  { got, need, fix }: { readonly got: number; readonly need: number; readonly fix: string },
): DataError {
  return new DataError({
    where: source,
    subject: splitColumnWords(column),
    problem: `has ${got} different ${got === 1 ? "value" : "values"} where at least ${need} are needed, one for each part`,
    fix,
  });
}

function needsColumn(kind: SplitRequest["kind"], source: string): ConfigError {
  return new ConfigError({
    where: source,
    subject: `split of kind ${kind}`,
    problem: "needs a column",
    fix: "Name one.",
  });
}
