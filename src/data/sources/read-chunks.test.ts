import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RawTable, placeOf } from "../raw-table.js";
import { type ChunkOptions, openChunks, readRawTable, writeTable } from "./index.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kindred-chunks-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Text in pieces of about 40 bytes, tables of the database in chunks of 7 rows. */
const TINY: ChunkOptions = { multiple: 7, values: 1, bytes: 40, smallest: 0 };

/** Rows as text, with their places, of the columns that are wanted. */
function rowsOf(table: RawTable, wanted: ReadonlySet<string>): string[] {
  const columns = table.columns.filter(({ name }) => wanted.has(name));
  return Array.from({ length: table.rows }, (_, row) =>
    JSON.stringify([
      placeOf(table, row),
      ...columns.map((column) =>
        column.kind === "text"
          ? [column.name, "text", column.cells[row]]
          : [column.name, column.kind, String(column.numbers[row])],
      ),
    ]),
  );
}

async function inChunks(source: string, wanted: ReadonlySet<string>, options: ChunkOptions = TINY) {
  const table = await openChunks(source, {}, options);
  const chunks: RawTable[] = [];
  for await (const chunk of table.chunks(wanted)) chunks.push(chunk);
  table.close();
  return { table, chunks, rows: chunks.flatMap((chunk) => rowsOf(chunk, wanted)) };
}

async function expectEqual(source: string, options?: ChunkOptions): Promise<number> {
  const whole = await readRawTable(source);
  const names = whole.columns.map(({ name }) => name);
  const { table, chunks, rows } = await inChunks(source, new Set(names), options);
  expect(table.names).toEqual(names);
  expect(table.notes ?? []).toEqual(whole.notes ?? []);
  expect(rows).toEqual(rowsOf(whole, new Set(names)));
  return chunks.length;
}

const cell = fc.oneof(
  fc.constant(""),
  fc.integer({ min: -99, max: 99 }).map(String),
  fc.constantFrom("a", "NA", "1,5", 'say "x"', "two\nlines", "two\r\nlines", " x", "ü€😀", "007", "#", "1e3"),
);
const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

describe("delimited text in chunks", () => {
  it("is the same table as at once, with the same lines, whatever the cells and line ends", async () => {
    const table = fc.record({
      columns: fc.integer({ min: 1, max: 4 }),
      cells: fc.array(cell, { minLength: 12, maxLength: 160 }),
      ends: fc.array(fc.constantFrom("\n", "\r\n", "\r", "\n\n"), { minLength: 1, maxLength: 3 }),
      last: fc.boolean(),
      mark: fc.constantFrom("", "\uFEFF", "# a note\n"),
      bytes: fc.integer({ min: 1, max: 90 }),
    });
    const path = join(folder, "any.csv");
    await fc.assert(
      fc.asyncProperty(table, async ({ columns, cells, ends, last, mark, bytes }) => {
        const records = [Array.from({ length: columns }, (_, c) => `name ${c}`)];
        for (let i = 0; i + columns <= cells.length; i += columns) {
          const record = cells.slice(i, i + columns);
          records.push(columns === 1 && record[0] === "" ? ["z"] : record);
        }
        const lines = records.map((record) => record.map(quoted).join(","));
        const text = lines
          .map((line, i) => line + (last || i + 1 < lines.length ? ends[i % ends.length]! : ""))
          .join("");
        writeFileSync(path, mark + text);
        await expectEqual(path, { ...TINY, bytes });
      }),
      { numRuns: 25 },
    );
  });

  it("comes in many chunks, each but the last of a multiple of the rows asked for", async () => {
    const path = join(folder, "long.csv");
    const rows = Array.from({ length: 200 }, (_, i) => `${i},${i % 3 === 0 ? "word" : i / 7}\n`);
    writeFileSync(path, `a,b\n${rows.join("")}`);
    expect(await expectEqual(path)).toBeGreaterThan(10);
    const { chunks } = await inChunks(path, new Set(["b"]));
    for (const { rows: count } of chunks.slice(0, -1)) expect(count % 7).toBe(0);
  });

  it("has its columns numbered where no header stands, and numbers for names where they are names", async () => {
    const path = join(folder, "bare.csv");
    writeFileSync(path, Array.from({ length: 50 }, (_, i) => `${i}.5,${50 - i}.25,w\n`).join(""));
    expect(await expectEqual(path)).toBeGreaterThan(3);
    writeFileSync(path, `2019,2020\n${Array.from({ length: 50 }, (_, i) => `${i}.5,${i}\n`).join("")}`);
    expect(await expectEqual(path)).toBeGreaterThan(3);
  });

  it.each([
    ["a row with too many cells", "1,2,3", /line 41: the row has 3 cells where the header has 2/],
    ["text after a quote", '1,"2"x', /line 41: the row has text after a closing quote/],
    ["a quote that does not end", '1,"2', /line 41: the row opens a quoted cell that never ends/],
  ])("refuses %s before any row is handed out, by its line", async (_, bad, message) => {
    const path = join(folder, "bad.csv");
    const rows = Array.from({ length: 80 }, (_, i) => (i === 39 ? bad : `${i},${i}`));
    writeFileSync(path, `a,b\n${rows.join("\n")}\n`);
    await expect(openChunks(path, {}, TINY)).rejects.toThrow(message);
  });

  it("is read at once where it is no UTF-8, or where its quotes are escaped with backslashes", async () => {
    const path = join(folder, "old.csv");
    const rows = Array.from({ length: 60 }, (_, i) => `${i},word\n`).join("");
    writeFileSync(path, Buffer.from(`a,b\n${rows}9,M\u00fcller\n`, "latin1"));
    expect(await expectEqual(path)).toBe(1);
    writeFileSync(path, `a,b\n${rows}9,"say \\"x\\", y"\n`);
    expect(await expectEqual(path)).toBe(1);
  });
});

describe("tables of the database in chunks", () => {
  const COUNT = 50;
  const numbers = Float64Array.from({ length: COUNT }, (_, i) => (i % 5 === 0 ? Number.NaN : i / 3));
  const words = Array.from({ length: COUNT }, (_, i) => (i % 4 === 0 ? null : `w${i % 6}`));

  it("are the same as at once, and leave out what is not wanted", async () => {
    const path = join(folder, "a.parquet");
    await writeTable(path, [
      { name: "x", type: "number", values: numbers },
      { name: "X", type: "integer", values: numbers.map(Math.round) },
      { name: "w", type: "string", values: words },
      { name: "b", type: "boolean", values: words.map((word) => word === "w1") },
    ]);
    expect(await expectEqual(path)).toBe(8);
    const { table, chunks } = await inChunks(path, new Set(["w"]));
    expect(table.rows).toBe(COUNT);
    expect(chunks[0]!.columns.map(({ name }) => name)).toEqual(["w"]);
  });

  it.each(["json", "jsonl"])(
    "are the same from %s, arrays of numbers and missing keys among them",
    async (ending) => {
      const path = join(folder, `a.${ending}`);
      const records = Array.from({ length: COUNT }, (_, i) => ({
        ...(i % 3 > 0 && { x: i / 3 }),
        when: `2024-03-${String(1 + (i % 28)).padStart(2, "0")}`,
        list: i === 9 ? null : [i, i % 2 === 0 ? null : -i],
        w: words[i],
      })).map((record) => JSON.stringify(record));
      writeFileSync(path, ending === "json" ? `[${records.join(",\n")}]` : records.join("\n"));
      expect(await expectEqual(path)).toBe(8);
    },
  );

  it("have rows, and errors that say so where they have none", async () => {
    const path = join(folder, "none.jsonl");
    writeFileSync(path, "{broken\n");
    await expect(openChunks(path, {}, TINY)).rejects.toThrow(/none\.jsonl line 1/);
    await writeTable(join(folder, "none.parquet"), [{ name: "x", type: "number", values: [] }]);
    await expect(inChunks(join(folder, "none.parquet"), new Set(["x"]))).rejects.toThrow(/has no rows/);
    await expect(openChunks(join(folder, "gone.csv"))).rejects.toThrow(/does not exist/);
  });
});
