import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { codedTable } from "../coded-table.js";
import { inspectTable, type InspectOptions } from "../inspect.js";
import type { RawTable } from "../raw-table.js";
import { literal, openUnlocked } from "./database.js";
import { readDelimited } from "./delimited.js";
import { rawFromText } from "./raw-text.js";

/** A cell and whether it stands in quotes. */
type Written = readonly [string, boolean];

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const write = ([text, quotes]: Written, delimiter: string): string =>
  quotes || /["\n\r ]/.test(text) || text.includes(delimiter) ? quoted(text) : text;

function textOf(rows: readonly (readonly Written[])[], delimiter: string): string {
  const names = rows[0]!.map((_, c) => `c${c}`);
  return [
    names.join(delimiter),
    ...rows.map((row) => row.map((cell) => write(cell, delimiter)).join(delimiter)),
  ].join("\n");
}

const plain = fc.oneof(
  fc.integer({ min: -40, max: 40 }).map(String),
  fc.integer({ min: -99_999, max: 99_999 }).map((x) => String(x / 1000)),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }).map(String),
  fc.constantFrom("-999", "-999.0", "+5", "1e3", "1.250", "12.500"),
);
const missing = fc.constantFrom("NA", "NaN", "N/A", "null", "?", "-", ".", "", "na", "k.A.", "unknown");
const blanks = fc.constantFrom("", "", " ", "  ", "\t", "\u00a0");
const odd = fc.constantFrom(
  "007",
  "low",
  "1,5",
  "1,234",
  "true",
  "inf",
  "1e39",
  "$5",
  " ",
  "2020-01-02",
  "12 %",
);

/** A column: cells of the kinds it has, some with blanks. */
const column = (rows: number): fc.Arbitrary<Written[]> =>
  fc
    .record({
      whole: fc.boolean(),
      gaps: fc.constantFrom(0, 1, 6),
      odds: fc.constantFrom(0, 0, 0, 1),
      trims: fc.boolean(),
      quotes: fc.boolean(),
    })
    .chain(({ whole, gaps, odds, trims, quotes }) => {
      const numbers = whole ? fc.integer({ min: 0, max: 9 }).map(String) : plain;
      const cell = fc.oneof(
        { weight: 20, arbitrary: numbers },
        { weight: gaps, arbitrary: missing },
        { weight: odds, arbitrary: odd },
      );
      const around = trims ? blanks : fc.constant("");
      const one = fc
        .tuple(around, cell, around, fc.boolean())
        .map(([before, text, after, some]): Written => [before + text + after, quotes && some]);
      return fc.array(one, { minLength: rows, maxLength: rows });
    });

const table = fc
  .integer({ min: 2, max: 30 })
  .chain((rows) =>
    fc
      .array(column(rows), { minLength: 2, maxLength: 4 })
      .map((columns) => Array.from({ length: rows }, (_, row) => columns.map((cells) => cells[row]!))),
  );

const type = fc.constantFrom(
  "numeric",
  "ordinal",
  "category",
  "embedding",
  "boolean",
  "identifier",
  "date",
  "text",
);
const options: fc.Arbitrary<InspectOptions> = fc.record(
  {
    types: fc.dictionary(fc.constantFrom("c0", "c1"), type) as fc.Arbitrary<Record<string, "numeric">>,
    missing: fc.constantFrom(
      ["k.A."],
      ["-999", "unknown"],
      { "*": ["k.A."], c0: ["-999", "5"] },
      { c1: ["low", "NA"] },
    ),
    decimal: fc.constantFrom(".", ",") as fc.Arbitrary<"." | ",">,
    readings: fc.constantFrom(
      { c0: { numbers: { decimal: "," } } },
      { c1: { numbers: { decimal: ".", group: "," } } },
    ) as fc.Arbitrary<NonNullable<InspectOptions["readings"]>>,
  },
  { requiredKeys: [] },
);

/** What comes of it: a value, or the message of the mistake. */
function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return (error as Error).message;
  }
}

describe("columns of numbers that are read from the bytes", () => {
  it("give the types, values, notes and readings that their cells give", () => {
    fc.assert(
      fc.property(table, fc.constantFrom(",", ";", "\t"), options, (rows, delimiter, settings) => {
        const text = textOf(rows, delimiter);
        const fast = readDelimited(new TextEncoder().encode(text), "table", { delimiter });
        const slow = rawFromText(text, "table", { delimiter });
        expect(outcome(() => inspectTable(fast, settings))).toEqual(
          outcome(() => inspectTable(slow, settings)),
        );
      }),
      { numRuns: 1500 },
    );
  });

  it("give a fitted model the same rows", () => {
    const fitted = ["numeric", "ordinal", "category", "boolean", "date"] as const;
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(...fitted),
        options,
        (rows, of, { missing: spelled = [], readings = {} }) => {
          const text = textOf(rows, ",");
          const coding = { name: "c0", type: of, ...(of === "category" && { codes: true, levels: [] }) };
          const coded = (raw: RawTable): unknown =>
            codedTable(raw, [coding as never], { missing: spelled, readings });
          const fast = readDelimited(new TextEncoder().encode(text), "table", { delimiter: "," });
          expect(outcome(() => coded(fast))).toEqual(
            outcome(() => coded(rawFromText(text, "table", { delimiter: "," }))),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("the cells of delimited text", () => {
  const folder = mkdtempSync(join(tmpdir(), "kindred-parity-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("are those that DuckDB takes out of it", async () => {
    const cell = fc.string({
      unit: fc.constantFrom("a", "1", ".", " ", ",", '"', "\n", "\r", "é", "€"),
      maxLength: 6,
    });
    const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 });
    const { connection, close } = await openUnlocked();
    const path = join(folder, "t.csv");
    const query = `FROM read_csv(${literal(path)}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"',
      strict_mode = false, new_line = '\\n', columns = {c0: 'VARCHAR', c1: 'VARCHAR', c2: 'VARCHAR'})`;
    try {
      await fc.assert(
        fc.asyncProperty(rows, async (written) => {
          const lines = [["x", "y", "z"], ...written].map((row) =>
            row.map((text) => write([text, false], ",")).join(","),
          );
          writeFileSync(path, `${lines.join("\n")}\n`);
          const found = (await (await connection.run(query)).getRows()).slice(1);
          const { columns } = readDelimited(new TextEncoder().encode(lines.join("\n")), "t", {
            delimiter: ",",
          });
          const own = found.map((_, row) => columns.map((c) => c.kind === "text" && c.cells[row]));
          expect(own).toEqual(found.map((row) => row.map((value) => value || null)));
        }),
        { numRuns: 60 },
      );
    } finally {
      close();
    }
  });
});
