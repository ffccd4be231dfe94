import * as fc from "fast-check";
import type { RawColumn, RawTable } from "../../src/data/index.js";
import { inspectTable } from "../../src/data/index.js";
import { readRawTable } from "../../src/data/sources/index.js";
import { readDate } from "../../src/data/spellings.js";
import { cell, columnName } from "./cells.js";
import { checkShape, type FileInput, freshFolder, withFile } from "./csv.js";
import { edited, edits } from "./edits.js";
import { type FuzzTarget, holds, outcomeOf, type TargetMaker } from "./target.js";

type Scalar = string | number | boolean | null;
type Records = readonly Readonly<Record<string, unknown>>[];

/** JSON and JSON Lines: sound ones with awkward values, faults of form, changed bytes. */
export const jsonTarget =
  (heads: readonly Uint8Array[]): TargetMaker =>
  async (folder) => {
    const place = await freshFolder(folder, "json");
    return {
      name: "json",
      inputs: fc.oneof({ weight: 4, arbitrary: written }, { weight: 1, arbitrary: changedHead(heads) }),
      save: ({ bytes }) => bytes,
      run: (input) =>
        withFile(place, input, (path) =>
          outcomeOf(async () => {
            const raw = await readRawTable(path);
            checkShape(raw);
            checkAgainstPeer(raw, input);
            return inspectTable(raw);
          }),
        ),
    } satisfies FuzzTarget<FileInput>;
  };

/**
 * What is read must be what `JSON.parse` reads; text that it refuses must be refused. The database also knows NaN, which is
 * missing, or the word as written where the column is text, Infinity, and a last comma.
 */
function checkAgainstPeer(raw: RawTable, { ending, bytes }: FileInput): void {
  const text = new TextDecoder().decode(bytes);
  const plain = text.replaceAll(BEYOND_JSON, inJson).replaceAll(LAST_COMMA, "$1$2");
  const records = peerRecords(plain, ending);
  holds(records !== undefined, () => `broken JSON was read: ${JSON.stringify(summary(raw))}`);
  holds(records!.length === raw.rows, () => `${raw.rows} rows of ${records!.length} records`);
  const byName = new Map(raw.columns.map((column) => [column.name, column]));
  records!.forEach((record, row) => {
    for (const [name, value] of Object.entries(record)) {
      if (name.trim() === "") continue; // it is called "column 1"
      const column = byName.get(name);
      if (Array.isArray(value) && byName.has(`${name}[0]`)) continue; // arrays of numbers have a test of their own
      if (column === undefined) {
        holds(
          value === null,
          () => `no column for the key ${JSON.stringify(name)}: ${[...byName.keys()].join("|")}`,
        );
        continue;
      }
      holds(
        isSame(column, row, value as Scalar),
        () =>
          `${JSON.stringify(name)} of record ${row + 1}: ${JSON.stringify(value)} read as ${show(column, row)}`,
      );
    }
  });
}

const BEYOND_JSON = /"(?:[^"\\]|\\.)*"|(-?)\b(?:NaN|Inf(?:inity)?)\b/gi;

/** A comma before a closing brace or bracket, where no text is. */
const LAST_COMMA = /("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])()/g;

function inJson(token: string, minus: string): string {
  if (token.startsWith('"')) return token;
  return /nan/i.test(token) ? "null" : `${minus}1e999`;
}

function isSame(column: RawColumn, row: number, value: Scalar): boolean {
  if (column.kind === "text") {
    const wanted = value === "" ? null : String(value);
    const got = column.cells[row]!;
    if (typeof value === "object") return got === null || /^-?nan$/i.test(got) || isJson(got, value);
    return got === wanted || (typeof value === "number" && got !== null && Number(got) === value);
  }
  const got = column.numbers[row]!;
  if (value === null || value === "") return Number.isNaN(got);
  if (column.kind === "date")
    return typeof value === "string" && Math.abs(got - (readDate(value) ?? Number.NaN)) < 1e-6;
  return Object.is(Number(value) + 0, got + 0) || Math.abs(Number(value) - got) <= Math.abs(got) * 1e-15;
}

const isJson = (text: string, value: unknown): boolean =>
  text.replaceAll(/\s/g, "") === JSON.stringify(value).replaceAll(/\s/g, "");

function show(column: RawColumn, row: number): string {
  return column.kind === "text" ? JSON.stringify(column.cells[row]) : `${column.kind} ${column.numbers[row]}`;
}

const summary = ({ columns }: RawTable): unknown =>
  columns.map((column) =>
    [column.name, ...(column.kind === "text" ? column.cells : column.numbers)].slice(0, 4),
  );

function peerRecords(text: string, ending: string): Records | undefined {
  try {
    const values: unknown =
      ending === "json"
        ? JSON.parse(text)
        : text
            .split("\n")
            .filter((line) => line.trim() !== "")
            .map((line) => JSON.parse(line) as unknown);
    const isRecord = (one: unknown): boolean =>
      typeof one === "object" && one !== null && !Array.isArray(one);
    return Array.isArray(values) && values.every(isRecord) ? (values as Records) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Values as they are written, with those that JSON does not have. */
const value: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom("1", "2", "3.5", "-0.25", "true", "false", "null", '"red"', '"blue"'),
  },
  { weight: 4, arbitrary: cell.map((text) => JSON.stringify(text)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "1e999", "-1E+400", "1e-999", "-0", "0.1e1", "9007199254740993", "123456789012345678901234567890", "18446744073709551616",
      '"2024-01-02"', '"12:34:56"', '"2024-01-02 03:04:05"', '"01/02/2024"', '"00000000-0000-0000-0000-000000000000"', '"1"',
      '"\\ud800"', '"\\u0000"', '"\\/"', '"\\""', '"\\n"', '"\\uD83D\\uDE00"', '"NaN"', '"true"', '"null"',
    ), // prettier-ignore
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "NaN", "Infinity", "-Infinity", "undefined", "01", "+1", ".5", "1.", "0x10", "'a'", "a", '"a', '"\\x"', '"\t"', "[]", "[1,2]",
      "{}", '{"a":1}', "[".repeat(300) + "]".repeat(300), '{"a":'.repeat(200) + "1" + "}".repeat(200), "", "1 2", "1,", "//c\n1",
    ), // prettier-ignore
  },
);

const field = fc.tuple(columnName, value);

const record: fc.Arbitrary<string> = fc.oneof(
  { weight: 30, arbitrary: fc.array(field, { maxLength: 4 }).map((fields) => object(fields)) },
  { weight: 1, arbitrary: value },
  {
    weight: 1,
    arbitrary: fc.constantFrom("{,}", "{1:2}", '{"a"}', '{"a":1,}', "{'a':1}", '{"a":1 "b":2}', "{a:1}"),
  },
);

function object(fields: readonly (readonly [string, string])[]): string {
  return `{${fields.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`;
}

/** Records that share their keys, as real ones do. */
const table: fc.Arbitrary<string[]> = fc
  .tuple(fc.uniqueArray(columnName, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 8 }))
  .chain(([names, rows]) =>
    fc
      .array(fc.tuple(...names.map(() => value)), { minLength: rows, maxLength: rows })
      .map((body) => body.map((values) => object(names.map((name, i) => [name, values[i]!])))),
  );

type Form =
  | "array"
  | "lines"
  | "pretty"
  | "bare"
  | "joined"
  | "open"
  | "comma"
  | "crlf"
  | "marked"
  | "wrapped";

const FORMS: Readonly<Record<Form, (records: readonly string[]) => string>> = {
  array: (records) => `[${records.join(",")}]`,
  lines: (records) => records.map((one) => `${one}\n`).join(""),
  pretty: (records) => `[\n  ${records.join(",\n  ")}\n]\n`,
  bare: (records) => records[0] ?? "",
  joined: (records) => records.join(""),
  open: (records) => `[${records.join(",")}`,
  comma: (records) => `[${records.join(",")},]`,
  crlf: (records) => records.join("\r\n\r\n"),
  marked: (records) => `\uFEFF[${records.join(",")}]`,
  wrapped: (records) => `{"data":[${records.join(",")}]}`,
};

const fewEdits = fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: edits(1, 3) });

const written: fc.Arbitrary<FileInput> = fc
  .record({
    records: fc.oneof(
      { weight: 3, arbitrary: table },
      { weight: 2, arbitrary: fc.array(record, { maxLength: 6 }) },
    ),
    form: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom<Form>("array", "lines") },
      { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(FORMS) as Form[])) },
    ),
    ending: fc.constantFrom("json", "jsonl"),
    changes: fewEdits,
    fits: fc.boolean(),
  })
  .map(({ records, form, ending, changes, fits }) => ({
    ending: fits && (form === "array" || form === "lines") ? (form === "array" ? "json" : "jsonl") : ending,
    bytes: edited(Buffer.from(FORMS[form](records)), changes),
  }));

/** Heads of delimited files as lines of JSON, then changed. */
const changedHead = (heads: readonly Uint8Array[]): fc.Arbitrary<FileInput> =>
  fc
    .record({ head: fc.constantFrom(...heads), changes: edits(1, 6) })
    .map(({ head, changes }) => ({ ending: "jsonl", bytes: edited(asLines(head), changes) }));

function asLines(head: Uint8Array): Uint8Array {
  const [header = "", ...rows] = new TextDecoder().decode(head).trim().split("\n");
  const names = header.split(",");
  const lines = rows.slice(0, 12).map((row) => {
    const cells = row.split(",");
    return JSON.stringify(Object.fromEntries(names.map((name, i) => [name, plain(cells[i] ?? "")])));
  });
  return Buffer.from(lines.join("\n"));
}

const plain = (text: string): Scalar =>
  text === "" ? null : Number.isNaN(Number(text)) ? text : Number(text);
