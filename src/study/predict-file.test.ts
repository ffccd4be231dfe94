import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OutputStream, readRawTable, writeTable } from "../data/sources/index.js";
import { type PredictFileOptions, predictFile } from "./predict-file.js";
import { completeStudy } from "./schema-complete.js";
import { openStudy } from "./study.js";

const ROWS = 600;
let folder = "";
const at = (name: string): string => join(folder, name);

/** A table with a decimal comma, a missing spelling and words. */
const record = (i: number) => ({
  id: i,
  x: `${i % 17},${i % 10}`,
  colour: i % 29 === 0 ? "none" : ["red", "green", "blue"][i % 3]!,
  y: (i % 17) + (i % 3) * 4,
  big: i % 17 > 8 ? "yes" : "no",
});
const csv = (count: number): string =>
  `id;x;colour;y;big\n${Array.from({ length: count }, (_, i) => `${Object.values(record(i)).join(";")}\n`).join("")}`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kindred-predict-"));
  writeFileSync(at("data.csv"), csv(ROWS));
  writeFileSync(
    at("data.jsonl"),
    Array.from({ length: ROWS }, (_, i) => `${JSON.stringify(record(i))}\n`).join(""),
  );
  const all = Array.from({ length: ROWS }, (_, i) => record(i));
  await writeTable(at("data.parquet"), [
    { name: "id", type: "integer", values: all.map(({ id }) => id) },
    { name: "x", type: "string", values: all.map(({ x }) => x) },
    { name: "colour", type: "string", values: all.map(({ colour }) => colour) },
  ]);
  const options = completeStudy(
    {
      data: at("data.csv"),
      tasks: { y: {}, big: {} },
      ignore: ["id"],
      missing: ["none"],
      budget: { epochs: 3 },
    },
    "test",
  );
  const model = await (await openStudy(options)).train({ folder: at("run") });
  await model.close();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CHUNKS = { bytes: 3000, smallest: 0, values: 1 };

const predict = (
  options: Omit<PredictFileOptions, "model" | "format"> & { format?: "csv" | "jsonl" | "parquet" },
) => predictFile({ model: at("run"), format: "csv", keep: ["id", "x"], ...options });

describe("predictFile", () => {
  it.each(["csv", "jsonl", "parquet"] as const)(
    "writes the same bytes as %s in chunks as at once",
    async (format) => {
      for (const source of ["data.csv", "data.jsonl", "data.parquet"]) {
        const done: number[] = [];
        await predict({
          source: at(source),
          output: at(`whole.${format}`),
          format,
          chunks: { multiple: ROWS },
        });
        const rows = await predict({
          source: at(source),
          output: at(`chunks.${format}`),
          format,
          chunks: { ...CHUNKS, multiple: 256 },
          onEvent: (event) => void (event.type === "rows" && done.push(event.done)),
        });
        expect(rows).toBe(ROWS);
        expect(done.length).toBeGreaterThan(2);
        expect(readFileSync(at(`chunks.${format}`)).equals(readFileSync(at(`whole.${format}`)))).toBe(true);
      }
    },
  );

  it("gives every row its own prediction in chunks of 7 rows", async () => {
    for (const source of ["data.csv", "data.jsonl", "data.parquet"]) {
      await predict({ source: at(source), output: at("whole.csv") });
      await predict({
        source: at(source),
        output: at("seven.csv"),
        chunks: { ...CHUNKS, bytes: 1500, multiple: 7 },
      });
      const [whole, seven] = [await readRawTable(at("whole.csv")), await readRawTable(at("seven.csv"))];
      expect(seven.rows).toBe(ROWS);
      for (const [c, column] of whole.columns.entries()) {
        if (column.kind !== "text") throw new Error("CSV has text alone");
        const cells = (seven.columns[c] as typeof column).cells;
        column.cells.forEach((cell, row) => {
          if (/^(?:y|big\.)/.test(column.name)) expect(Number(cells[row])).toBeCloseTo(Number(cell), 4);
          else expect(cells[row]).toBe(cell);
        });
      }
    }
  });

  it("names the line of a value that cannot be read in a later chunk, and leaves the file as it was", async () => {
    writeFileSync(at("bad.csv"), `${csv(ROWS)}7;seven;red;1;no\n`);
    writeFileSync(at("out.csv"), "as it was");
    const before = readdirSync(folder);
    for (const output of ["out.csv", "out.parquet"]) {
      const format = output === "out.csv" ? "csv" : "parquet";
      const bad = predict({
        source: at("bad.csv"),
        output: at(output),
        format,
        chunks: { ...CHUNKS, multiple: 7 },
      });
      await expect(bad).rejects.toThrow(new RegExp(`bad\\.csv line ${ROWS + 2}: column "x".*"seven"`));
    }
    expect(readdirSync(folder)).toEqual(before);
    expect(readFileSync(at("out.csv"), "utf8")).toBe("as it was");
  });

  it("writes kept numbers as integers only where all of them are", async () => {
    const values = Float64Array.from({ length: 40 }, (_, i) => (i === 33 ? 0.5 : i));
    const text = Array.from(values, (_, i) => `${i},5`);
    await writeTable(at("kept.parquet"), [
      { name: "x", type: "string", values: text },
      { name: "colour", type: "string", values: text.map(() => "red") },
      { name: "late", type: "number", values },
      { name: "whole", type: "number", values: values.map(Math.ceil) },
    ]);
    const chunks = { ...CHUNKS, multiple: 7 };
    await predict({
      source: at("kept.parquet"),
      output: at("kept-out.parquet"),
      format: "parquet",
      keep: ["late", "whole"],
      chunks,
    });
    const { columns } = await readRawTable(at("kept-out.parquet"));
    expect(columns.slice(0, 2).map((column) => column.kind !== "text" && [...column.numbers])).toEqual([
      [...values],
      Array.from(values, (x) => Math.ceil(x)),
    ]);
  });

  it("streams to standard output: text as it comes, Parquet when it is whole", async () => {
    for (const format of ["csv", "parquet"] as const) {
      const parts: Buffer[] = [];
      const outputStream: OutputStream = {
        write(chunk, done) {
          parts.push(Buffer.from(chunk));
          done();
        },
      };
      const chunks = { ...CHUNKS, multiple: 256 };
      await predict({ source: at("data.csv"), output: "-", outputStream, format, chunks });
      await predict({ source: at("data.csv"), output: at(`file.${format}`), format, chunks });
      expect(Buffer.concat(parts).equals(readFileSync(at(`file.${format}`)))).toBe(true);
      if (format === "csv") expect(parts.length).toBeGreaterThan(2);
    }
  });
});
