import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError } from "../../base/errors.js";
import { columnOf, isNumberColumn } from "../table.js";
import type { OutputColumn } from "../output-column.js";
import { readTable, writeTable } from "./index.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kindred-write-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COLUMNS: readonly OutputColumn[] = [
  { name: 'na"me, 1', type: "string", values: ['a "b", c', null, "line\nbreak", "ü€😀"] },
  { name: "x", type: "number", values: Float64Array.of(0.1, Number.NaN, -1e-300, 3) },
  { name: "n", type: "integer", values: [1, -2, null, 9_007_199_254_740_991] },
  { name: "ok", type: "boolean", values: [true, null, false, true] },
];

describe("writeTable", () => {
  it("writes CSV as RFC 4180 says", async () => {
    const path = join(folder, "a.csv");
    await writeTable(path, COLUMNS);
    expect(readFileSync(path, "utf8")).toBe(
      '"na""me, 1",x,n,ok\r\n"a ""b"", c",0.1,1,true\r\n,,-2,\r\n"line\nbreak",-1e-300,,false\r\nü€😀,3,9007199254740991,true\r\n',
    );
  });

  it("writes one JSON object a line", async () => {
    const path = join(folder, "a.jsonl");
    await writeTable(path, COLUMNS);
    const [first, second] = readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(first).toEqual({ 'na"me, 1': 'a "b", c', x: 0.1, n: 1, ok: true });
    expect(second).toEqual({ 'na"me, 1': null, x: null, n: -2, ok: null });
  });

  it("keeps apart columns of a Parquet file whose names differ only in case", async () => {
    const path = join(folder, "case.parquet");
    const column = (name: string, value: number): OutputColumn => ({ name, type: "number", values: [value] });
    await writeTable(path, [column("y", 1), column("Y", 2), column("row", 3), column("row", 4)]);
    const { columns } = await readTable(path);
    expect(columns.map(({ name }) => name)).toEqual(["y", "Y_1", "row", "row_1"]);
    expect(columns.map((read) => isNumberColumn(read) && read.numbers[0])).toEqual([1, 2, 3, 4]);
  });

  it.each(["csv", "jsonl", "parquet"])("gives back the same values from %s", async (ending) => {
    const text = fc
      .string({ unit: "grapheme", maxLength: 8 })
      .map((s) => `v${s.trim().replaceAll("\0", "")}v`);
    const row = fc.record({
      s: fc.option(text),
      x: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: -3e38, max: 3e38 })),
      b: fc.boolean(),
    });
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        const path = join(folder, `round-${n++}.${ending}`);
        await writeTable(path, [
          { name: "s", type: "string", values: rows.map(({ s }) => s) },
          { name: "x", type: "number", values: rows.map(({ x }) => x) },
          { name: "b", type: "boolean", values: rows.map(({ b }) => b) },
        ]);
        const table = await readTable(path, { types: { s: "category", x: "numeric", b: "boolean" } });
        expect(columnOf(table, "s")).toMatchObject({ strings: rows.map(({ s }) => s) });
        expect([...(columnOf(table, "x") as { numbers: Float64Array }).numbers].map((x) => x + 0)).toEqual(
          rows.map(({ x }) => (x ?? Number.NaN) + 0),
        );
        expect(columnOf(table, "b")).toMatchObject({
          numbers: Float64Array.from(rows, ({ b }) => Number(b)),
        });
      }),
      { numRuns: 15 },
    );
  });

  it("writes the same Parquet bytes for the same columns", async () => {
    const [a, b] = [join(folder, "a.parquet"), join(folder, "b.parquet")];
    await writeTable(a, COLUMNS);
    await writeTable(b, COLUMNS);
    expect(readFileSync(a).equals(readFileSync(b))).toBe(true);
  });

  it("writes to a stream for -", async () => {
    const parts: Buffer[] = [];
    const stream = {
      write(chunk: Uint8Array | string, done: () => void): void {
        parts.push(Buffer.from(chunk));
        done();
      },
    };
    await writeTable("-", [{ name: "a", type: "integer", values: [1, 2] }], { stream });
    expect(Buffer.concat(parts).toString()).toBe("a\r\n1\r\n2\r\n");
    parts.length = 0;
    await writeTable("-", COLUMNS, { stream, format: "parquet" });
    expect(Buffer.concat(parts).subarray(0, 4).toString()).toBe("PAR1");
  });

  it("refuses folders that are not there, unknown endings and unequal columns, and leaves nothing behind", async () => {
    const absent = join(folder, "absent", "a.csv");
    await expect(writeTable(absent, COLUMNS)).rejects.toThrow(
      new ConfigError({
        where: "output",
        subject: absent,
        problem: `cannot be written: the folder ${join(folder, "absent")} does not exist`,
        fix: "Make the folder first.",
      }),
    );
    await expect(writeTable(join(folder, "a.xlsx"), COLUMNS)).rejects.toThrow(/must be a name that ends in/);
    const odd: OutputColumn = { name: "odd", type: "integer", values: [1] };
    await expect(writeTable(join(folder, "c.csv"), [...COLUMNS, odd])).rejects.toThrow(
      /columns of 4 rows, got 1/,
    );
    mkdirSync(join(folder, "taken.csv"));
    await expect(writeTable(join(folder, "taken.csv"), COLUMNS)).rejects.toThrow(ConfigError);
    expect(readdirSync(folder).filter((name) => name.includes("partial") || name === "c.csv")).toEqual([]);
  });
});
