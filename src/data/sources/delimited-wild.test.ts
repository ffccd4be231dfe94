import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspectTable, type InspectedTable } from "../inspect.js";
import { NUMBER_FORMS, type NumberForm } from "../number-form.js";
import type { Column } from "../table.js";
import { readDelimited } from "./delimited.js";
import { rawFromText } from "./raw-text.js";

/** How a table is written. */
interface Style {
  readonly delimiter: string;
  readonly end: string;
  readonly encode: (text: string) => Uint8Array;
  readonly quote: "needed" | "all" | "backslash";
  readonly form: NumberForm;
  readonly missing: string;
  readonly before: string;
  readonly lastEnd: boolean;
}

interface Row {
  readonly price: number | null;
  readonly amount: number | null;
  readonly town: string | null;
  readonly day: number | null;
}

const wide = (text: string): Buffer => Buffer.from(text, "utf16le");
const ENCODERS: readonly ((text: string) => Uint8Array)[] = [
  (text) => Buffer.from(text),
  (text) => Buffer.from(`\uFEFF${text}`),
  (text) => wide(`\uFEFF${text}`),
  (text) => wide(`\uFEFF${text}`).swap16(),
  wide,
  (text) => wide(text).swap16(),
  (text) => Buffer.from(text, "latin1"),
];

const anyStyle: fc.Arbitrary<Style> = fc.record({
  delimiter: fc.constantFrom(",", ";", "\t", "|"),
  end: fc.constantFrom("\n", "\r\n", "\r"),
  encode: fc.constantFrom(...ENCODERS),
  quote: fc.constantFrom("needed", "all", "backslash"),
  form: fc.constantFrom(...NUMBER_FORMS),
  missing: fc.constantFrom("", "NA", "n/a", "k. A.", "-"),
  before: fc.constantFrom("", "#", "sep"),
  lastEnd: fc.boolean(),
});

const orMissing = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(arbitrary, { freq: 6, nil: null });

const anyRows: fc.Arbitrary<readonly Row[]> = fc.array(
  fc.record({
    price: orMissing(fc.integer({ min: -9_999_999, max: 9_999_999 }).map((x) => x / 100)),
    amount: orMissing(fc.integer({ min: 0, max: 2_000_000 })),
    town: orMissing(fc.constantFrom("Köln", "Århus", 'the "Hague", or', "a;b|c\td", "x")),
    day: orMissing(fc.integer({ min: 0, max: 20_000 })),
  }),
  { minLength: 30, maxLength: 60 },
);

function grouped(x: number, { decimal, group }: NumberForm, digits: number): string {
  const [whole, fraction] = Math.abs(x).toFixed(digits).split(".") as [string, string?];
  const parts = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, group ?? "");
  return `${x < 0 ? "-" : ""}${parts}${fraction === undefined ? "" : decimal + fraction}`;
}

function cell(text: string, { delimiter, quote }: Style): string {
  const needed = quote !== "needed" || text.includes(delimiter) || text.includes('"');
  if (!needed) return text;
  if (quote !== "backslash") return `"${text.replaceAll('"', '""')}"`;
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function written(rows: readonly Row[], style: Style): Uint8Array {
  const { delimiter, end, form, missing, before, lastEnd } = style;
  const day = (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10);
  const records = [
    ["Preis", "Menge", "Größe, Ort", "Tag"],
    ...rows.map(({ price, amount, town, day: days }) => [
      price === null ? missing : grouped(price, form, 2),
      amount === null ? missing : grouped(amount, form, 0),
      town ?? "",
      days === null ? missing : day(days).split("-").toReversed().join("."),
    ]),
  ];
  const head =
    before === "#" ? `# exported, today${end}# 2${end}` : before === "sep" ? `sep=${delimiter}${end}` : "";
  const lines = records.map((record) => record.map((text) => cell(text, style)).join(delimiter));
  return style.encode(head + lines.join(end) + (lastEnd ? end : ""));
}

/** The columns that were written, each with the type its values show. */
function expected(rows: readonly Row[]): Column[] {
  const numbers = (key: "price" | "amount" | "day"): Float64Array =>
    Float64Array.from(rows, (row) => row[key] ?? Number.NaN);
  return [
    { name: "Preis", type: "numeric", numbers: numbers("price") },
    { name: "Menge", type: "numeric", numbers: numbers("amount") },
    { name: "Größe, Ort", type: "category", strings: rows.map(({ town }) => town) },
    { name: "Tag", type: "date", numbers: numbers("day") },
  ];
}

/** Rows whose columns show what they are: numbers with hundredths, amounts beyond 20 values, quotes in words. */
const areTelling = (rows: readonly Row[]): boolean =>
  new Set(rows.map(({ price }) => price)).size > 20 &&
  new Set(rows.map(({ amount }) => amount)).size > 20 &&
  rows.some(({ town }) => town?.includes('"')) &&
  rows.some(({ day }) => day !== null);

const missing = ["k. A."];

describe("delimited text in the wild", () => {
  it("gives the same typed table in every combination of delimiter, line end, encoding, quoting, number form, missing spelling", () => {
    fc.assert(
      fc.property(anyRows.filter(areTelling), anyStyle, (rows, style) => {
        const table = inspectTable(rawFromText(written(rows, style), "t.csv"), { missing });
        expect(table.columns).toEqual(expected(rows));
      }),
      { numRuns: 150 },
    );
  });

  it("gives the same from a file through the database", async () => {
    const columns = async (bytes: Uint8Array): Promise<InspectedTable["columns"]> =>
      inspectTable(await readDelimited(bytes, "t.csv"), { missing }).columns;
    await fc.assert(
      fc.asyncProperty(anyRows.filter(areTelling), anyStyle, async (rows, style) => {
        expect(await columns(written(rows, style))).toEqual(expected(rows));
      }),
      { numRuns: 15 },
    );
  });
});
