import { parse } from "csv-parse/sync";

/** Predictions with one thing changed, and what. */
export interface ChangedPredictions {
  readonly text: string;
  readonly what: string;
}

/**
 * A CSV of predictions with the smallest change that must be told: a number that is off by three times the tolerance, another
 * label in the row that is surest of its own, a missing cell, a missing row, or two rows in the wrong order.
 *
 * @param k which of these, in turn; the next one where the predictions have no such column.
 */
export function changedPredictions(csv: string, k: number): ChangedPredictions {
  const [header = [], ...rows] = parse(csv) as string[][];
  const changes = [offByLittle, otherLabel, missingCell, missingRow, swappedRows];
  for (let i = 0; i < changes.length; i++) {
    const copy = rows.map((row) => [...row]);
    const what = changes[(k + i) % changes.length]!(header, copy);
    if (what !== undefined) return { text: written([header, ...copy]), what };
  }
  throw new Error("parity: the predictions have nothing that can be changed");
}

type Change = (header: readonly string[], rows: string[][]) => string | undefined;

const offByLittle: Change = (header, rows) => {
  const at = header.findIndex((name, c) => !isLabelled(header, name) && isNumbers(rows, c));
  if (at < 0) return undefined;
  const most = rows.reduce((best, row) => (size(row[at]!) > size(best[at]!) ? row : best));
  const before = most[at]!;
  most[at] = String(Number(before) * (1 + 3e-5));
  return `${header[at]!} is ${most[at]} instead of ${before}`;
};

const otherLabel: Change = (header, rows) => {
  const at = header.findIndex((name) => isLabelled(header, name));
  if (at < 0) return undefined;
  const name = header[at]!;
  const shares = header.flatMap((column, c) => (column.startsWith(`${name}.`) ? [c] : []));
  const surest = rows.reduce((best, row) => (gap(row, shares) > gap(best, shares) ? row : best));
  const before = surest[at]!;
  surest[at] = header[shares.find((c) => header[c] !== `${name}.${before}`)!]!.slice(name.length + 1);
  return `${name} is ${surest[at]} instead of ${before}`;
};

const missingCell: Change = (header, rows) => {
  const row = rows.at(-1)!;
  const at = row.findLastIndex((text) => text !== "");
  if (at < 0) return undefined;
  row[at] = "";
  return `${header[at]!} of the last row is missing`;
};

const missingRow: Change = (_, rows) => (rows.pop() === undefined ? undefined : "the last row is missing");

const swappedRows: Change = (_, rows) => {
  const last = rows.length - 1;
  const other = rows.findIndex((row) => row.some((text, c) => differs(text, rows[last]![c]!)));
  if (other < 0) return undefined;
  [rows[other], rows[last]] = [rows[last]!, rows[other]!];
  return `row ${other + 1} and the last one are exchanged`;
};

const isLabelled = (header: readonly string[], name: string): boolean =>
  header.some((column) => column.startsWith(`${name}.`));

const isNumbers = (rows: readonly string[][], c: number): boolean =>
  rows.every((row) => !Number.isNaN(Number(row[c]))) && rows.some((row) => size(row[c]!) > 0.1);

const size = (text: string): number => Math.abs(Number(text));

/** By how much the most probable class is ahead of the second. */
function gap(row: readonly string[], shares: readonly number[]): number {
  const [first = 0, second = 0] = shares.map((c) => Number(row[c])).sort((a, b) => b - a);
  return first - second;
}

const differs = (a: string, b: string): boolean => a !== b && !(Math.abs(Number(a) - Number(b)) < 0.01);

const written = (lines: readonly string[][]): string =>
  lines.map((line) => line.map((text) => `"${text.replaceAll('"', '""')}"`).join(",") + "\n").join("");
