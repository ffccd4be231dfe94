import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { type Finding, type RawTable, type Row, rawFromData } from "../data/index.js";
import { readRawTable } from "../data/sources/index.js";
import { type PlannedStudy, inspectForStudy, planStudy } from "./plan.js";
import type { StudyOptions } from "./options.js";
import { completeStudy, withDefaults } from "./schema-complete.js";

const root = process.env["KINDRED_DATA"] ?? "";
const absent = ["school", "wine_quality"].filter(
  (name) => root === "" || !existsSync(join(root, name, "data.csv")),
);

/** Rows of measurements, of which some are there more than once. */
function copiedRows(copies: number): Row[] {
  const random = seededRandom(3, "copies");
  const rows = Array.from({ length: 500 }, (): Row => {
    const [a, b] = [random.normal(), random.normal()];
    return { a, b, y: a + random.normal(), z: a + b > 0 ? "up" : "down" };
  });
  const more = Array.from({ length: copies }, () => {
    const row = rows[random.integer(rows.length)]!;
    return { ...row, y: Number(row["y"]) + 0.01 }; // measured again
  });
  return random.shuffle([...rows, ...more]);
}

function plan(
  raw: RawTable,
  given: Partial<StudyOptions>,
  split: Partial<StudyOptions["split"]>,
): PlannedStudy {
  const base = withDefaults({ data: "rows", tasks: {}, ...given });
  const options = { ...base, split: { ...base.split, ...split } };
  return planStudy(inspectForStudy(raw, options), options);
}

/** How many rows of a part have the inputs of a row of another part. */
function shared({ table, split, inputs }: PlannedStudy): number {
  const key = (row: number): string =>
    inputs
      .map((name) => table.columns.find((column) => column.name === name)!)
      .map((column) => ("numbers" in column ? column.numbers[row] : column.strings[row]))
      .join("|");
  const parts = [split.train, split.validation, split.test].map((rows) => new Set(Array.from(rows, key)));
  return parts.reduce(
    (sum, part, p) =>
      sum + [...part].filter((row) => parts.some((other, q) => q !== p && other.has(row))).length,
    0,
  );
}

const of = (kind: string, { findings }: PlannedStudy): Finding[] =>
  findings.filter((one) => one.kind === kind);

const tasks = { y: {}, z: {} };

describe("rows of equal inputs", () => {
  it.each(["random", "stratified"] as const)(
    "stay in one part of a %s split where they look like copies",
    async (kind) => {
      const raw = await rawFromData(copiedRows(120), "rows");
      const auto = plan(raw, { tasks }, { kind });
      expect(shared(auto)).toBe(0);
      expect(of("kept-together", auto)).toMatchObject([{ severity: "warning" }]);
      expect(of("kept-together", auto)[0]!.found).toMatch(
        /^120 rows \(19 %\) have the inputs of an earlier row/,
      );
      expect(of("across-split", auto)).toEqual([]);
      const free = plan(raw, { tasks }, { kind, duplicates: "free" });
      expect(shared(free)).toBeGreaterThan(20);
      expect(of("across-split", free)).toMatchObject([{ severity: "warning" }]);
    },
  );

  it("are divided freely where there are none, or too few to matter", async () => {
    for (const copies of [0, 3]) {
      const raw = await rawFromData(copiedRows(copies), "rows");
      expect(plan(raw, { tasks }, {}).split).toEqual(plan(raw, { tasks }, { duplicates: "free" }).split);
    }
  });

  it("of usual values stay together only where that is asked for", async () => {
    const random = seededRandom(1, "coarse");
    const rows = Array.from({ length: 400 }, () => ({
      a: random.integer(6),
      b: random.integer(5),
      y: random.normal(),
    }));
    const raw = await rawFromData(rows, "rows");
    expect(shared(plan(raw, { tasks: { y: {} } }, {}))).toBeGreaterThan(0);
    const kept = plan(raw, { tasks: { y: {} } }, { duplicates: "together" });
    expect(shared(kept)).toBe(0);
    expect(of("kept-together", kept)).toMatchObject([{ severity: "info" }]);
  });

  it("of different tasks of a long table are no copies, but are kept together where copies are", async () => {
    const random = seededRandom(2, "assays");
    const things = Array.from({ length: 150 }, () => ({ a: random.normal(), b: random.normal() }));
    const rows = things.flatMap((thing) =>
      ["p", "q", "r"].map((assay) => ({ ...thing, assay, y: thing.a + random.normal() })),
    );
    const raw = await rawFromData(rows, "rows");
    const long = { tasks: { y: { by: "assay" } } };
    expect(of("kept-together", plan(raw, long, {}))).toEqual([]);
    expect(shared(plan(raw, long, { duplicates: "together" }))).toBe(0);
  });

  it("cannot be kept together besides groups or times", () => {
    const split = { kind: "group", column: "g", duplicates: "together" } as const;
    expect(() => completeStudy({ data: "t.csv", tasks: { y: {} }, split }, "study")).toThrow(
      "split is by group and cannot keep equal rows together besides. Take duplicates away",
    );
  });
});

const reason = absent.length > 0 ? ` (skipped: no ${absent.join(" and no ")} under KINDRED_DATA)` : "";

describe.skipIf(absent.length > 0)(`real tables${reason}`, () => {
  const table = (name: string): Promise<RawTable> => readRawTable(join(root, name, "data.csv"));

  it("with true copies are told and divided by them, and pupils who are alike are not taken for copies", async () => {
    const wine = plan(await table("wine_quality"), { tasks: { quality: {} } }, {});
    expect(of("kept-together", wine)).toMatchObject([{ severity: "warning" }]);
    expect(shared(wine)).toBe(0);
    for (const by of [{ by: "school" }, {}]) {
      const school = plan(await table("school"), { tasks: { exam_score: by }, ignore: ["bias"] }, {});
      expect(of("across-split", school)).toMatchObject([{ severity: "info" }]);
      expect(of("kept-together", school)).toEqual([]);
    }
  }, 60_000);
});
