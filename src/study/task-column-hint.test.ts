import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inspectTable, rawFromData } from "../data/index.js";
import { readTable } from "../data/sources/index.js";
import { completeStudy } from "./schema-complete.js";
import { parseStudyFile } from "./study-file.js";
import { describeStudy } from "./study-file-notes.js";
import { writeStudyFile } from "./study-file-write.js";
import { taskColumnHint } from "./task-column-hint.js";

const root = process.env["KINDRED_DATA"] ?? "";
const SETS = ["school", "landmine", "parkinsons", "penguins", "adult"];
const absent = SETS.filter((name) => root === "" || !existsSync(join(root, name, "data.csv")));

/** A table of 120 rows with one column of so many values. */
const tableWith = async (name: string, values: number, step = 1) =>
  inspectTable(
    await rawFromData(
      Array.from({ length: 120 }, (_, i) => ({
        x: Math.sin(i),
        [name]: (i % values) * step,
        score: Math.cos(i),
      })),
      "rows",
    ),
  );

describe("a column that may tell tasks apart", () => {
  it.each([
    "school",
    "Schools",
    "store_id",
    "storeId",
    "subject#",
    "task",
    "user no",
    "home_country",
    "cities",
  ])("may be called %s", async (name) => {
    expect(taskColumnHint(await tableWith(name, 8), ["x", name])).toEqual({ name, values: 8, rowsEach: 15 });
  });

  it.each([
    ["grade", 8, 1],
    ["taskforce", 8, 1],
    ["school", 4, 1],
    ["school", 60, 1],
    ["school", 8, 0.5],
  ])("is not %s of %i values in steps of %d", async (name, values, step) => {
    expect(taskColumnHint(await tableWith(name, values, step), ["x", name])).toBeUndefined();
  });

  it("is one called by nothing else before one that is part of a name, and never a target", async () => {
    const rows = Array.from({ length: 120 }, (_, i) => ({ school_type: i % 6, site: i % 8, y: Math.cos(i) }));
    const table = inspectTable(await rawFromData(rows, "rows"));
    expect(taskColumnHint(table, ["school_type", "site"])?.name).toBe("site");
    expect(taskColumnHint(table, ["school_type"])?.name).toBe("school_type");
    expect(taskColumnHint(table, [])).toBeUndefined();
  });

  it("is explained in the study file, which says the same study", async () => {
    const table = await tableWith("school", 8);
    const study = completeStudy({ data: "t.csv", tasks: { score: { kind: "regression" } } }, "study");
    const text = writeStudyFile(study, describeStudy(table, study, { proposed: false }).notes);
    expect(text).toContain("#   score: { kind: regression, by: school }\n");
    expect(text).toContain("#   split: { kind: group, column: school }\n");
    expect(completeStudy(parseStudyFile(text, "study.yaml"), "study")).toEqual(study);
    const by = completeStudy({ data: "t.csv", tasks: { score: { by: "school" } } }, "study");
    expect(writeStudyFile(by, describeStudy(table, by, { proposed: false }).notes)).not.toContain(
      "say so with by",
    );
  });
});

const reason = absent.length > 0 ? ` (skipped: no ${absent.join(", no ")} under KINDRED_DATA)` : "";

describe.skipIf(absent.length > 0)(`real tables${reason}`, () => {
  it.each([
    ["school", "exam_score", "school"],
    ["landmine", "landmine", "field"],
    ["parkinsons", "total_UPDRS", "subject#"],
    ["penguins", "species", undefined],
    ["adult", "income", "native-country"],
  ])("%s, to predict %s, are hinted at %s", async (name, target, hint) => {
    const table = await readTable(join(root, name, "data.csv"));
    const inputs = table.columns.map((column) => column.name).filter((column) => column !== target);
    expect(taskColumnHint(table, inputs)?.name).toBe(hint);
  });
});
