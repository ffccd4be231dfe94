import { ConfigError } from "../../base/errors.js";
import { afterMark } from "./record-index.js";

const DELIMITERS = [",", ";", "\t", "|"] as const;
const NAMED: Readonly<Record<string, string>> = {
  comma: ",",
  semicolon: ";",
  tab: "\t",
  "\\t": "\t",
  bar: "|",
  space: " ",
};
const SAMPLE = 1_000_000; // bytes; a header longer than this is not one
const RECORDS = 50; // records that show which delimiter divides them alike

/** How delimited text is written, as far as its beginning shows. */
export interface Dialect {
  /** One ASCII character. */
  readonly delimiter: string;
  /** Bytes before the header that are no part of the table. */
  readonly skipped: number;
  /** Lines before the header that are no part of the table. */
  readonly skippedLines: number;
  /** What was skipped, in words. */
  readonly notes: readonly string[];
}

/**
 * Finds what divides the cells, and what stands before the header: Excel's line `sep=;`, comment lines that begin with `#`.
 *
 * @param forced the delimiter when it is known.
 * @param preferred the delimiter to take where the header has it at all.
 */
export function dialectOf(
  bytes: Uint8Array,
  { forced, preferred }: { forced?: string | undefined; preferred?: string | undefined } = {},
): Dialect {
  const mark = afterMark(bytes);
  const sample = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(mark, SAMPLE));
  const choose = (text: string): string =>
    forced ?? (preferred !== undefined && occurs(text, preferred) ? preferred : delimiterOf(text));
  const declared = /^"?sep=([\t -~])"?(\r\n|\n|\r)/i.exec(sample);
  if (declared && !'"\\'.includes(declared[1]!)) {
    const skipped = mark + declared[0].length;
    const note = `line 1, sep=${declared[1]}, names the delimiter and was left out`;
    return { delimiter: forced ?? declared[1]!, skipped, skippedLines: 1, notes: [note] };
  }
  const comments = commentsOf(sample, choose);
  if (comments.lines === 0) return { delimiter: choose(sample), skipped: 0, skippedLines: 0, notes: [] };
  const { text, lines, count } = comments;
  const note = `${count === 1 ? "a line that begins" : `${count} lines that begin`} with # before the header left out`;
  const skipped = mark + new TextEncoder().encode(text).length;
  return { delimiter: choose(sample.slice(text.length)), skipped, skippedLines: lines, notes: [note] };
}

/**
 * A delimiter as a study writes it: one character, or `comma`, `semicolon`, `tab`, `bar`, `space`.
 *
 * @throws {ConfigError} for anything else.
 */
export function delimiterNamed(word: string): string {
  const found = Object.hasOwn(NAMED, word) ? NAMED[word]! : word;
  const isOne = found.length === 1 && found > "\0" && found < "\u007f";
  if (isOne && !/[\w"\\\r\n.+-]/.test(found)) return found;
  throw new ConfigError({
    where: "study",
    subject: "delimiter",
    expected: "one sign such as ; or |, or comma, semicolon, tab, bar or space",
    got: JSON.stringify(word),
    setting: ["delimiter"],
  });
}

/**
 * The delimiter that divides the first records into as many cells each; among several the one whose cells are numbers
 * more often, then the commonest in the header. Where none does, the commonest in the header; the comma when none occurs.
 *
 * The database's own search is not used: it may skip a header that fits the rows badly, and takes the comma for
 * `1,5;2,5`.
 */
export function delimiterOf(sample: string): string {
  const tried = DELIMITERS.map((delimiter) => {
    const records = sampleRecords(sample, delimiter, RECORDS);
    const cells = records?.[0]?.length ?? occurs(sample, delimiter) + 1;
    const even = records !== undefined && records.every((record) => record.length === cells);
    return { delimiter, cells, even, numbers: even ? numberShare(records) : 0 };
  }).filter(({ cells }) => cells > 1);
  const even = tried.filter((one) => one.even);
  const [best] = (even.length > 0 ? even : tried).toSorted(
    (a, b) => b.numbers - a.numbers || b.cells - a.cells,
  );
  return best?.delimiter ?? ",";
}

/**
 * The first records of text by the quoting of RFC 4180; the last is left out where the text may be cut.
 *
 * @returns undefined where the quoting is not sound.
 */
export function sampleRecords(text: string, delimiter: string, most: number): string[][] | undefined {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at <= text.length && records.length < most) {
    if (record.length === 0 && isBreak(text[at])) {
      at += 1;
      continue;
    }
    if (record.length === 0 && at === text.length) break;
    const quote = text[at] === " " && delimiter !== " " ? at + 1 : at;
    let end = at;
    if (text[quote] === '"') {
      end = text.indexOf('"', quote + 1);
      while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
      if (end < 0) return text.length >= SAMPLE / 4 && records.length > 1 ? records : undefined;
      record.push(text.slice(quote + 1, end));
      end += 1;
      if (end < text.length && text[end] !== delimiter && !isBreak(text[end])) return undefined;
    } else {
      while (end < text.length && text[end] !== delimiter && !isBreak(text[end])) end += 1;
      record.push(text.slice(at, end));
    }
    if (text[end] !== delimiter) {
      const cut = end >= text.length && text.length >= SAMPLE / 4 && records.length > 0;
      if (!cut) records.push(record);
      record = [];
    }
    at = end + 1;
  }
  return records;
}

function numberShare(records: readonly (readonly string[])[]): number {
  const cells = records.slice(1).flat();
  return cells.filter((cell) => /^\s*[-+]?[\d.,]*\d\s*$/.test(cell)).length / (cells.length || 1);
}

/** How often a sign occurs outside quotes in the first line that is not empty. */
function occurs(text: string, sign: string): number {
  let [count, quoted, seen] = [0, false, false];
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (quoted) continue;
    if (isBreak(character) && seen) break;
    seen ||= !isBreak(character);
    if (character === sign) count++;
  }
  return count;
}

/**
 * The lines at the beginning that begin with `#`. The last of them is the header itself when it has as many cells as the
 * line after it and either no blank after `#` or numbers below.
 */
function commentsOf(
  sample: string,
  choose: (text: string) => string,
): { text: string; lines: number; count: number } {
  const none = { text: "", lines: 0, count: 0 };
  const found = /^(?:(?:#[^\r\n]*)?(?:\r\n|\n|\r))+/.exec(sample)?.[0] ?? "";
  const lines = found.match(/[^\r\n]*(?:\r\n|\n|\r)/g) ?? [];
  const last = lines.findLastIndex((line) => line.startsWith("#"));
  const rest = sample.slice(found.length);
  if (last < 0 || rest === "") return none;
  const delimiter = choose(rest);
  const [next = []] = sampleRecords(rest, delimiter, 1) ?? [];
  const [own = []] = sampleRecords(lines[last]!, delimiter, 1) ?? [];
  const alike = own.length === next.length && own.length > 1;
  const isHeader = alike && (!/^#\s/.test(lines[last]!) || numberShare([[], next]) > 0);
  const kept = isHeader ? lines.slice(0, last) : lines;
  const count = kept.filter((line) => line.startsWith("#")).length;
  return count === 0 ? none : { text: kept.join(""), lines: kept.length, count };
}

const isBreak = (character: string | undefined): boolean => character === "\n" || character === "\r";
