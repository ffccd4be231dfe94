import { type Column, isNumberColumn } from "../table.js";
import type { FindingTarget } from "./finding.js";
import { isPresent, valuesOf } from "./values.js";

/** A column in some rows as whole numbers, one for each distinct value; missing is a value of its own. */
export interface CodedColumn {
  /** By position of the row; −1 where missing. */
  readonly codes: Int32Array;
  readonly levels: number;
  /** The values in ascending order, where the column has an order. */
  readonly atoms?: Float64Array;
}

/** A target in the same rows: amounts, NaN where missing, or codes of classes, −1 where missing. */
export interface CodedTarget {
  readonly amounts?: Float64Array;
  readonly classes: CodedColumn;
}

/** How far one column alone settles a target, on rows it was not fitted on. */
export interface Settled {
  /** 1 − loss / loss of a constant guess, at most 1: R² for amounts, the share of a constant guess's errors avoided for classes. */
  readonly share: number;
  /** Rows with a label. */
  readonly rows: number;
  /** Errors of the constant guess, for classes; NaN for amounts. */
  readonly errors: number;
  /** Errors that are left, for classes; NaN for amounts. */
  readonly left: number;
}

/** Codes a column by its distinct values in some rows. */
export function codeColumn(column: Column, rows: Int32Array): CodedColumn {
  const values = valuesOf(column);
  const places = new Map<number | string, number>();
  const codes = Int32Array.from(rows, (row) => {
    const value = values[row];
    if (!isPresent(value)) return -1;
    let place = places.get(value);
    if (place === undefined) places.set(value, (place = places.size));
    return place;
  });
  if (!isNumberColumn(column) || column.type === "boolean") return { codes, levels: places.size };
  const atoms = Float64Array.from(places.keys() as Iterable<number>).sort();
  const order = new Int32Array(atoms.length);
  atoms.forEach((atom, rank) => {
    order[places.get(atom)!] = rank;
  });
  return { codes: codes.map((code) => (code < 0 ? -1 : order[code]!)), levels: places.size, atoms };
}

/** Codes a target in some rows. */
export function codeTarget({ column, classes }: FindingTarget, rows: Int32Array): CodedTarget {
  if (classes || !isNumberColumn(column)) return { classes: codeColumn(column, rows) };
  const amounts = Float64Array.from(rows, (row) => column.numbers[row]!);
  return { amounts, classes: { codes: new Int32Array(0), levels: 0 } };
}

const LEAST_ROWS = 50; // fewer say nothing about near-certainty

/**
 * How far the value of one column settles a target, whatever the shape of their relation.
 *
 * Rows, which are in random order, are cut into halves; each half is predicted from the other: an amount by the line between the
 * two neighbouring values of the column, a class by the nearest value; without an order by the mean or the commonest class of the
 * same value. Rows whose value lies outside all values of the other half say nothing about an amount. Steps, bends and merged
 * values are all found, and chance is not.
 *
 * @returns undefined with fewer than 50 labelled rows, or where the target has one value only.
 */
export function settledBy(column: CodedColumn, target: CodedTarget): Settled | undefined {
  const { amounts, classes } = target;
  const n = column.codes.length;
  const isLabelled = amounts
    ? (i: number) => !Number.isNaN(amounts[i])
    : (i: number) => classes.codes[i]! >= 0;
  let rows = 0;
  for (let i = 0; i < n; i++) if (isLabelled(i)) rows++;
  if (rows < LEAST_ROWS) return undefined;
  const half = n >> 1;
  const lossOf = (fit: Span, held: Span): Loss =>
    amounts ? amountLoss(column, amounts, fit, held) : classLoss(column, classes, fit, held);
  const one = lossOf([0, half], [half, n]);
  const other = lossOf([half, n], [0, half]);
  const base = one.base + other.base;
  if (!(base > 0)) return undefined;
  const loss = one.loss + other.loss;
  const [errors, left] = amounts ? [Number.NaN, Number.NaN] : [base, loss];
  return { share: 1 - loss / base, rows, errors, left };
}

/** Positions from, to. */
type Span = readonly [number, number];

interface Loss {
  readonly loss: number;
  /** Loss of the constant guess of the fitting half. */
  readonly base: number;
}

function classLoss({ codes, levels, atoms }: CodedColumn, classes: CodedColumn, fit: Span, held: Span): Loss {
  const width = classes.levels;
  const counts = new Int32Array((levels + 1) * width); // the last line is that of missing values
  const all = new Int32Array(width);
  const filled = new Int32Array(levels + 1);
  const line = (i: number): number => (codes[i]! < 0 ? levels : codes[i]!);
  for (let i = fit[0]; i < fit[1]; i++) {
    const label = classes.codes[i]!;
    if (label < 0) continue;
    counts[line(i) * width + label]!++;
    filled[line(i)]!++;
    all[label]!++;
  }
  const guess = largest(all, 0, width);
  const answers = Int32Array.from(filled, (count, level) =>
    count === 0 ? -1 : largest(counts, level * width, width),
  );
  const near = atoms && neighbours(filled, levels);
  let [loss, base] = [0, 0];
  for (let i = held[0]; i < held[1]; i++) {
    const label = classes.codes[i]!;
    if (label < 0) continue;
    const level = line(i);
    let answer = answers[level]!;
    if (answer < 0 && near && level < levels) {
      const [below, above] = [near.below[level]!, near.above[level]!];
      const up =
        below < 0 || (above >= 0 && atoms![above]! - atoms![level]! < atoms![level]! - atoms![below]!);
      answer = answers[up ? above : below] ?? -1;
    }
    if ((answer < 0 ? guess : answer) !== label) loss++;
    if (guess !== label) base++;
  }
  return { loss, base };
}

function amountLoss(
  { codes, levels, atoms }: CodedColumn,
  amounts: Float64Array,
  fit: Span,
  held: Span,
): Loss {
  const means = new Float64Array(levels + 1);
  const filled = new Int32Array(levels + 1);
  let [sum, count] = [0, 0];
  const line = (i: number): number => (codes[i]! < 0 ? levels : codes[i]!);
  for (let i = fit[0]; i < fit[1]; i++) {
    const amount = amounts[i]!;
    if (Number.isNaN(amount)) continue;
    means[line(i)]! += amount;
    filled[line(i)]!++;
    sum += amount;
    count++;
  }
  const guess = sum / count;
  for (let level = 0; level <= levels; level++) means[level]! /= filled[level]!;
  const near = atoms && neighbours(filled, levels);
  const between = (level: number): number => {
    const [below, above] = [near!.below[level]!, near!.above[level]!];
    const share = (atoms![level]! - atoms![below]!) / (atoms![above]! - atoms![below]!);
    return means[below]! * (1 - share) + means[above]! * share;
  };
  let [loss, base] = [0, 0];
  for (let i = held[0]; i < held[1]; i++) {
    const amount = amounts[i]!;
    if (Number.isNaN(amount)) continue;
    const level = line(i);
    if (near && level < levels && (level < near.first || level > near.last)) continue;
    const answer = filled[level]! > 0 ? means[level]! : near && level < levels ? between(level) : guess;
    loss += (answer - amount) ** 2;
    base += (guess - amount) ** 2;
  }
  return { loss, base };
}

/** The nearest levels with rows on both sides of each, −1 where there is none; and the outermost levels with rows. */
function neighbours(
  filled: Int32Array,
  levels: number,
): { readonly below: Int32Array; readonly above: Int32Array; readonly first: number; readonly last: number } {
  const [below, above] = [new Int32Array(levels), new Int32Array(levels)];
  let last = -1;
  for (let level = 0; level < levels; level++) {
    below[level] = last;
    if (filled[level]! > 0) last = level;
  }
  const outermost = last;
  last = -1;
  for (let level = levels - 1; level >= 0; level--) {
    above[level] = last;
    if (filled[level]! > 0) last = level;
  }
  return { below, above, first: last < 0 ? levels : last, last: outermost };
}

/** Place of the largest of some counts, the first of equal ones. */
function largest(counts: Int32Array, from: number, length: number): number {
  let best = 0;
  for (let k = 1; k < length; k++) if (counts[from + k]! > counts[from + best]!) best = k;
  return best;
}
