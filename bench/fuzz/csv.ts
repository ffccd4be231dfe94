import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { CsvError, parse } from "csv-parse/sync";
import * as fc from "fast-check";
import { inspectTable } from "../../src/data/index.js";
import type { RawTable } from "../../src/data/index.js";
import { readRawTable } from "../../src/data/sources/index.js";
import { cell, columnName } from "./cells.js";
import { edited, edits } from "./edits.js";
import { type FuzzTarget, holds, outcomeOf, type TargetMaker } from "./target.js";

const DELIMITERS = [",", ";", "\t", "|"] as const;
const ENDS = ["\n", "\r\n", "\r"] as const;

/** A file as it is put on disk. */
export interface FileInput {
  readonly ending: string;
  readonly bytes: Uint8Array;
}

/** A target over heads of real files, which a fuzzer changes. */
export const csvTarget =
  (heads: readonly Uint8Array[]): TargetMaker =>
  async (folder) => {
    const place = await freshFolder(folder, "csv");
    return {
      name: "csv",
      inputs: fc.oneof({ weight: 3, arbitrary: written }, { weight: 1, arbitrary: changedHead(heads) }),
      save: ({ bytes }) => bytes,
      run: (input) =>
        withFile(place, input, (path) =>
          outcomeOf(
            async () => {
              const raw = await readRawTable(path);
              checkShape(raw);
              checkAgainstPeer(raw, input);
              return inspectTable(raw);
            },
            (table) => {
              for (const column of table.columns) {
                const length = "numbers" in column ? column.numbers.length : column.strings.length;
                holds(length === table.rows, () => `${length} values in a column of ${table.rows} rows`);
              }
            },
          ),
        ),
    } satisfies FuzzTarget<FileInput>;
  };

/** Puts an input into a file of its own, lends its path and removes it. */
export async function withFile<T>(
  folder: string,
  { ending, bytes }: FileInput,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = join(folder, `input.${ending}`);
  await writeFile(path, bytes);
  try {
    return await use(path);
  } finally {
    await rm(path, { force: true });
  }
}

/** A folder of a target's own. */
export async function freshFolder(folder: string, name: string): Promise<string> {
  const place = join(folder, name);
  await mkdir(place, { recursive: true });
  return place;
}

/** Columns of a raw table are as long as it says. */
export function checkShape({ rows, columns }: RawTable): void {
  holds(rows > 0 && columns.length > 0, () => `a table of ${rows} rows and ${columns.length} columns`);
  const names = new Set(columns.map(({ name }) => name));
  holds(names.size === columns.length, () => "two columns of one name");
  for (const column of columns) {
    const length = column.kind === "text" ? column.cells.length : column.numbers.length;
    holds(length === rows, () => `${length} cells in a column of ${rows} rows`);
  }
}

/**
 * Where an independent parser accepts plain UTF-8 text by some delimiter, a reading must be one of its readings: cells as
 * written, an empty one null, one space before an opening quote dropped.
 */
function checkAgainstPeer(raw: RawTable, { ending, bytes }: FileInput): void {
  if (ending.endsWith("gz") || (raw.notes ?? []).length > 0) return; // notes tell what is not read as it stands
  const text = plainText(bytes);
  if (text === undefined) return;
  const readings = DELIMITERS.map((delimiter) => peerReading(text, delimiter)).filter(
    (one) => one !== undefined,
  );
  if (readings.length < DELIMITERS.length) return; // where the peer refuses one of them, it might have been the one
  const ours = raw.columns.map((column) => (column.kind === "text" ? column.cells : []));
  const same = readings.some(
    (rows) =>
      rows.length === raw.rows + 1 &&
      rows[0]!.length === ours.length &&
      rows.slice(1).every((row, r) => row.every((value, c) => (value === "" ? null : value) === ours[c]![r])),
  );
  holds(same, () => `no reading of the peer: ${JSON.stringify({ ours, peer: readings[0] })}`);
}

function plainText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined; // other encodings are not the peer's matter
  }
}

function peerReading(text: string, delimiter: string): string[][] | undefined {
  try {
    return parse(text, {
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_quotes: false,
      skip_empty_lines: true,
    });
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

interface WrittenCell {
  readonly text: string;
  readonly form: "sound" | "quoted" | "raw" | "open" | "after" | "spaced";
}

const writtenCell = (text: fc.Arbitrary<string>): fc.Arbitrary<WrittenCell> =>
  fc.record({
    text,
    form: fc.oneof(
      { weight: 90, arbitrary: fc.constant("sound" as const) },
      { weight: 30, arbitrary: fc.constant("quoted" as const) },
      {
        weight: 1,
        arbitrary: fc.constantFrom("raw" as const, "open" as const, "after" as const, "spaced" as const),
      },
    ),
  });

function render({ text, form }: WrittenCell, delimiter: string): string {
  const inQuotes = `"${text.replaceAll('"', '""')}"`;
  const forms: Record<WrittenCell["form"], () => string> = {
    sound: () => (/["\r\n]/.test(text) || text.includes(delimiter) ? inQuotes : text),
    quoted: () => inQuotes,
    raw: () => text,
    open: () => `"${text}`,
    after: () => `${inQuotes}${text}`,
    spaced: () => ` ${inQuotes} `,
  };
  return forms[form]();
}

const grammar: fc.Arbitrary<string> = fc
  .record({
    columns: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 2, max: 6 }) },
      { weight: 1, arbitrary: fc.constant(1) },
    ),
    rows: fc.oneof(
      { weight: 19, arbitrary: fc.integer({ min: 1, max: 8 }) },
      { weight: 1, arbitrary: fc.constant(0) },
    ),
  })
  .chain(({ columns, rows }) => {
    const width = (n: number): { minLength: number; maxLength: number } => ({ minLength: n, maxLength: n });
    const row = fc.oneof(
      { weight: 80, arbitrary: fc.array(writtenCell(cell), width(columns)) },
      { weight: 1, arbitrary: fc.array(writtenCell(cell), { maxLength: columns + 1 }) },
    );
    return fc.record({
      header: fc.oneof(
        {
          weight: 9,
          arbitrary: fc
            .uniqueArray(columnName, width(columns))
            .chain((names) => fc.tuple(...names.map((name) => writtenCell(fc.constant(name))))),
        },
        { weight: 1, arbitrary: fc.array(writtenCell(columnName), width(columns)) },
      ),
      body: fc.array(row, width(rows)),
      delimiter: fc.constantFrom(...DELIMITERS),
      ends: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...ENDS).map((end) => [end]) },
        { weight: 1, arbitrary: fc.array(fc.constantFrom(...ENDS), { minLength: 2, maxLength: 4 }) },
      ),
      before: fc.oneof(
        { weight: 8, arbitrary: fc.constant("") },
        {
          weight: 1,
          arbitrary: fc.constantFrom("\uFEFF", "\n\n", "sep=;\n", "# note\n", "title\n\n", " ", "\0"),
        },
      ),
      after: fc.oneof(
        { weight: 8, arbitrary: fc.constant("") },
        { weight: 1, arbitrary: fc.constantFrom("\n\n", '"', "\u001a", "Total,9\n", "\r", "\0\0\0") },
      ),
    });
  })
  .map(({ header, body, delimiter, ends, before, after }) => {
    const lines = [header, ...body].map(
      (row, i) => row.map((one) => render(one, delimiter)).join(delimiter) + ends[i % ends.length]!,
    );
    return `${before}${lines.join("")}${after}`;
  });

const ENCODERS: Readonly<Record<string, (text: string) => Uint8Array>> = {
  "utf-8": (text) => Buffer.from(text, "utf8"),
  "latin-1": (text) => Buffer.from(text, "latin1"),
  "utf-16": (text) => Buffer.from(`\uFEFF${text}`, "utf16le"),
  "utf-16 without a mark": (text) => Buffer.from(text, "utf16le"),
  "big-endian": (text) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16(),
};

const encoding = fc.oneof(
  { weight: 20, arbitrary: fc.constant("utf-8") },
  { weight: 1, arbitrary: fc.constantFrom(...Object.keys(ENCODERS)) },
);

const fewEdits = fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: edits(1, 4) });

const written: fc.Arbitrary<FileInput> = fc
  .record({
    text: grammar,
    encoding,
    changes: fewEdits,
    ending: fc.constantFrom("csv", "csv", "csv", "csv", "tsv", "csv.gz"),
  })
  .map(({ text, encoding, changes, ending }) => {
    const bytes = edited(ENCODERS[encoding]!(text), changes);
    return { ending, bytes: ending === "csv.gz" ? gzipSync(bytes, { level: 1 }) : bytes };
  });

const changedHead = (heads: readonly Uint8Array[]): fc.Arbitrary<FileInput> =>
  fc
    .record({
      head: fc.constantFrom(...heads),
      changes: fc.oneof(edits(1, 2), edits(1, 8)),
      gzip: fc.nat({ max: 19 }),
    })
    .map(({ head, changes, gzip }) =>
      gzip === 0
        ? { ending: "csv.gz", bytes: edited(gzipSync(head, { level: 1 }), changes) }
        : { ending: "csv", bytes: edited(head, changes) },
    );
