import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRawTable } from "../src/data/sources/index.js";
import { enter, everything, kindred, leave } from "./cli-run.js";

const QUICK = ["--epochs", "12", "--patience", "5", "--members", "4", "--trunk", "32", "--quiet"];
const TASKS = "large,grade,won,amount";

/** Cells of row `i`: a word, a whole number, a boolean and an amount follow from two numbers and a colour. */
function cells(i: number) {
  const [x, y] = [((i * 37) % 101) / 10, ((i * 53) % 89) / 7];
  return {
    x,
    y,
    colour: ["red", "green", "blue"][i % 3]!,
    large: x + y > 10 ? "yes" : "no",
    grade: 1 + Math.floor(x / 3.4),
    won: y > 6,
    amount: Math.round(1000 * (2 * x - y + (i % 3))) / 1000,
  };
}

const csv = (rows: readonly object[]): string =>
  [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))]
    .map((line) => `${line.join(",")}\n`)
    .join("");

/** New rows, in another order of columns, with columns that the model does not know and the states of being missing. */
const NEW = Array.from({ length: 30 }, (_, i) => {
  const { x, y, colour } = cells(i + 500);
  return {
    note: `n${i}`,
    colour: i === 4 ? "violet" : i === 5 ? "" : colour,
    y: i === 6 ? "" : y,
    id: 1000 + i,
    x: i === 7 ? "" : x,
  };
});
const COLUMNS = [
  "large",
  "large.no",
  "large.yes",
  "grade",
  "grade.1",
  "grade.2",
  "grade.3",
  "won",
  "won.false",
  "won.true",
  "amount",
];

let home = "";
beforeAll(async () => {
  home = await enter({
    "data.csv": csv(Array.from({ length: 180 }, (_, i) => cells(i))),
    "new.csv": csv(NEW),
    "no-y.csv": csv(NEW.map(({ x, colour }) => ({ x, colour }))),
  });
  const { code, err } = await kindred(["train", "data.csv", "--tasks", TASKS, "--out", "run", ...QUICK], {
    cwd: home,
  });
  if (code !== 0) throw new Error(err);
});
afterAll(() => leave(home));

/** Runs `kindred predict run ...` and expects that it works and says nothing but what is told. */
async function predict(
  words: readonly string[],
  { input, says = "" }: { input?: string; says?: string } = {},
) {
  const { code, out, err } = await kindred(["predict", "run", ...words], {
    cwd: home,
    ...(input !== undefined && { input }),
  });
  expect([code, err]).toEqual([0, says]);
  return out;
}

/** Rows of a CSV without quotes. */
function rowsOf(text: string): Record<string, string>[] {
  const [head, ...lines] = text
    .trimEnd()
    .split("\r\n")
    .map((line) => line.split(","));
  return lines.map((values) => Object.fromEntries(head!.map((name, i) => [name, values[i]!])));
}

describe("kindred predict", () => {
  it("gives a row for each row, without a warning, whatever the columns' order and the cells' state", async () => {
    const rows = rowsOf(await predict(["new.csv"]));
    expect(rows).toHaveLength(NEW.length);
    expect(Object.keys(rows[0]!)).toEqual(COLUMNS);
    for (const row of rows) for (const name of COLUMNS) expect(row[name]).not.toBe("");
  });

  it("gives probabilities that sum to 1 and the most probable class as the label", async () => {
    for (const row of rowsOf(await predict(["new.csv"]))) {
      for (const [task, classes] of Object.entries({
        large: ["no", "yes"],
        grade: ["1", "2", "3"],
        won: ["false", "true"],
      })) {
        const shares = classes.map((name) => Number(row[`${task}.${name}`]));
        expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
        expect(row[task]).toBe(classes[shares.indexOf(Math.max(...shares))]);
      }
      expect(Number.isFinite(Number(row["amount"]))).toBe(true);
    }
  });

  it("keeps the order of the rows: each is predicted as it would be alone", async () => {
    const all = rowsOf(await predict(["new.csv", "--keep", "id,note"]));
    expect(all.map(({ id, note }) => `${id} ${note}`)).toEqual(NEW.map(({ id, note }) => `${id} ${note}`));
    expect(Object.keys(all[0]!)).toEqual(["id", "note", ...COLUMNS]);
    const backwards = rowsOf(await predict(["-", "--keep", "id"], { input: csv([...NEW].reverse()) }));
    for (const [i, row] of backwards.reverse().entries()) {
      expect(row["id"]).toBe(all[i]!["id"]);
      expect(Number(row["amount"])).toBeCloseTo(Number(all[i]!["amount"]), 4);
      expect(Number(row["grade.2"])).toBeCloseTo(Number(all[i]!["grade.2"]), 5);
    }
  });

  it("reads targets that happen to be there as any other column", async () => {
    const withTargets = csv(NEW.map((row, i) => ({ amount: i % 2 ? "?" : 7, ...row, large: "perhaps" })));
    expect(await predict(["-"], { input: withTargets })).toBe(await predict(["new.csv"]));
  });

  it("writes the same as CSV, JSON Lines and Parquet, to a file or to standard output", async () => {
    const rows = rowsOf(await predict(["new.csv"]));
    const lines = (await predict(["new.csv", "--format", "jsonl"])).trimEnd().split("\n");
    const objects = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(
      objects.map((row) =>
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, String(value)])),
      ),
    ).toEqual(rows);
    expect(
      objects.every(
        ({ large, grade, won }) =>
          typeof large === "string" && Number.isInteger(grade) && typeof won === "boolean",
      ),
    ).toBe(true);

    for (const ending of ["csv", "jsonl", "parquet"]) {
      const says = new RegExp(`Wrote p\\.${ending}\n$`);
      const { code, out, err } = await kindred(["predict", "run", "new.csv", "--out", `p.${ending}`], {
        cwd: home,
      });
      expect([code, out]).toEqual([0, ""]);
      expect(err).toMatch(says);
      expect(err).not.toMatch(/Warning/);
      const { columns, rows: count } = await readRawTable(join(home, `p.${ending}`));
      expect(count).toBe(NEW.length);
      expect(columns.map(({ name }) => name)).toEqual(COLUMNS);
    }
    expect(await readFile(join(home, "p.csv"), "utf8")).toBe(await predict(["new.csv"]));
    const parquet = await readRawTable(join(home, "p.parquet"));
    const kinds = Object.fromEntries(parquet.columns.map(({ name, kind }) => [name, kind]));
    expect(kinds).toMatchObject({
      large: "text",
      grade: "number",
      won: "boolean",
      amount: "number",
      "won.true": "number",
    });
    const amounts = parquet.columns.find(({ name }) => name === "amount") as unknown as {
      numbers: Float64Array;
    };
    expect([...amounts.numbers]).toEqual(rows.map(({ amount }) => Number(amount)));
  });

  it("reads standard input, and a model file in place of a run", async () => {
    const expected = await predict(["new.csv"]);
    expect(await predict(["-"], { input: csv(NEW) })).toBe(expected);
    const { code, out, err } = await kindred(["predict", "run/model.onnx", "new.csv"], { cwd: home });
    expect([code, err, out]).toEqual([0, "", expected]);
  });

  it("reads what the study calls missing as missing, here and in evaluate", async () => {
    const marked = (mark: string) => {
      const rows = Array.from({ length: 150 }, (_, i) => ({
        ...cells(i),
        ...[{ x: mark }, { colour: mark }, { amount: mark }][i % 5],
      }));
      return csv(rows);
    };
    const spelt = await enter({ "spelt.csv": marked("-999"), "empty.csv": marked("") });
    try {
      const words = ["--tasks", "large,amount", "--missing=-999", "--out", "run", ...QUICK];
      const { code, err } = await kindred(["train", "spelt.csv", ...words], { cwd: spelt });
      expect([code, err]).toEqual([0, ""]);
      for (const command of ["predict", "evaluate"]) {
        const [one, other] = [
          await kindred([command, "run", "spelt.csv"], { cwd: spelt }),
          await kindred([command, "run", "empty.csv"], { cwd: spelt }),
        ];
        expect(one).toMatchObject({ code: 0, err: "" });
        expect(one.out).toBe(other.out);
      }
    } finally {
      await leave(spelt);
    }
  });

  it("takes a single row, though every column of it is a constant", async () => {
    const [all] = rowsOf(await predict(["new.csv"]));
    const [one] = rowsOf(await predict(["-"], { input: csv(NEW.slice(0, 1)) }));
    expect(Number(one!["amount"])).toBeCloseTo(Number(all!["amount"]), 4);
    expect(one!["large"]).toBe(all!["large"]);
  });

  it.each([
    ["an input that is not there", ["no-y.csv"], /^[^\n]*no-y\.csv[^\n]*"y"[^\n]*\n$/],
    ["a kept column that is not there", ["new.csv", "--keep", "nope"], /^[^\n]*"nope"[^\n]*\n$/],
    ["a file that is not there", ["gone.csv"], /^[^\n]*gone\.csv[^\n]*\n$/],
  ])("says in one line that there is %s, and leaves nothing", async (_, words, message) => {
    const before = await everything(home);
    const { code, out, err } = await kindred(["predict", "run", ...words, "--out", "-"], { cwd: home });
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, ""]);
    const filed = await kindred(["predict", "run", ...words, "--out", "never.csv"], { cwd: home });
    expect(filed.code).toBe(2);
    expect(await everything(home)).toEqual(before);
  });
});
