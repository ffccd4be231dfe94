import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../base/errors.js";
import { seededRandom } from "../base/random.js";
import { type InspectedTable, type Row, codingWidth, columnOf, tableFromRows } from "../data/index.js";
import type { InputCoding, NumberInput } from "../data/encoding.js";
import { nodeRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/runtime.js";
import type { StudyOptions, TaskOptions } from "./options.js";
import { planStudy } from "./plan.js";
import { prepareStudy } from "./prepare.js";
import { withDefaults } from "./schema-complete.js";

const ROWS = 120;

function table(more: (row: number, cells: Row) => Row = () => ({})): InspectedTable {
  const random = seededRandom(6, "prepare");
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const blob = row % 3;
    const cells = {
      x: 10 * blob + random.normal(),
      y: (blob === 1 ? 20 : 0) + random.normal(),
      colour: ["red", "green", "blue"][random.integer(3)]!,
      group: ["A", "B", "C"][blob]!,
      price: row % 10 === 0 ? null : 100 + random.normal(),
      sold: random.uniform() < 0.4 ? "yes" : "no",
      part: row < 70 ? "train" : row < 90 ? "validation" : "test",
    };
    return { ...cells, ...more(row, cells) };
  });
  return tableFromRows(rows);
}
const studyOf = (
  tasks: Readonly<Record<string, TaskOptions>>,
  more: Partial<StudyOptions> = {},
): StudyOptions => ({ ...withDefaults({ data: "rows", tasks }), ...more });
const SPLIT = withDefaults({ data: "rows", tasks: {} }).split;

/** The numbers that an input's coding standardises. */
function columnValues(from: InspectedTable, coding: InputCoding): { source: (row: number) => number } {
  const column = columnOf(from, coding.name);
  if ("numbers" in column) {
    const first = coding.type === "date" && "low" in coding ? coding.low : 0;
    return { source: (row) => column.numbers[row]! - first };
  }
  const order = "order" in coding ? coding.order! : [];
  return { source: (row) => order.indexOf(column.strings[row]!) };
}

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ workers: 1 });
});
afterAll(() => runtime.close());

describe("the plan of a study", () => {
  it("decides kinds, says why, and uses every other column as an input", () => {
    const plan = planStudy(
      table(),
      studyOf(
        { price: {}, sold: {}, found: { kind: "clustering", reference: "group" } },
        { ignore: ["part"] },
      ),
    );
    expect(plan.tasks.map(({ name, kind }) => [name, kind])).toEqual([
      ["price", "regression"],
      ["sold", "binary"],
      ["found", "clustering"],
    ]);
    expect(plan.tasks[2]).toMatchObject({ because: "set", reference: "group" });
    expect(plan.tasks.every(({ because }) => because !== "")).toBe(true);
    expect(plan.inputs).toEqual(["x", "y", "colour"]);
    expect(plan.warnings).toEqual([]);
  });

  it("refuses tasks whose outputs would have one name, or a name that no row can hold", () => {
    const clash = table((row) => ({ sold_probabilities: row / ROWS }));
    expect(() => planStudy(clash, studyOf({ sold: {} }))).toThrow(/needs an output "sold_probabilities"/);
    expect(() => planStudy(clash, studyOf({ sold: {}, sold_probabilities: {} }))).toThrow(ConfigError);
    const own = table();
    const named = {
      ...own,
      columns: own.columns.map((c) => (c.name === "x" ? { ...c, name: "__proto__" } : c)),
    };
    const tasks = Object.fromEntries([["__proto__", {}]]);
    expect(() => planStudy(named, studyOf(tasks))).toThrow(/task "__proto__" has a name/);
  });

  it("sets identifiers and text aside", () => {
    const plan = planStudy(
      table((row) => ({ id: `row-${row}-${(row * 7919) % 1000}` })),
      studyOf({ price: {} }, { types: { id: "identifier" } }),
    );
    expect(columnOf(plan.table, "id").type).toBe("identifier");
    expect(plan.inputs).not.toContain("id");
  });

  it("warns of inputs that give a target away, and names the remedy", () => {
    const leaking = table((_, cells) => ({
      "price in cents": cells["price"] === null ? null : 100 * (cells["price"] as number),
      bought: cells["sold"] === "yes" ? "ja" : "nein",
    }));
    const plan = planStudy(leaking, studyOf({ price: {}, sold: {} }));
    expect(plan.warnings).toHaveLength(2);
    expect(plan.warnings[0]).toMatch(
      /Input "price in cents" gives the target "price" away: .*--ignore "price in cents"/,
    );
    expect(plan.warnings[1]).toMatch(/Input "bought" gives the target "sold" away/);
    expect(
      planStudy(leaking, studyOf({ price: {}, sold: {} }, { ignore: ["price in cents", "bought"] })).warnings,
    ).toEqual([]);
  });

  it("splits by a column when told to, and does not learn from it", () => {
    const plan = planStudy(
      table(),
      studyOf({ price: {} }, { split: { ...SPLIT, kind: "column", column: "part" } }),
    );
    expect([plan.split.train.length, plan.split.validation.length, plan.split.test.length]).toEqual([
      70, 20, 30,
    ]);
    expect(plan.inputs).not.toContain("part");
  });

  it("splits by groups and by time, and does not learn from their column", () => {
    const dated = table((row) => ({ person: `p${row % 20}`, when: `20${10 + Math.floor(row / 12)}-01-01` }));
    const by = (kind: "group" | "time", column: string) =>
      planStudy(dated, studyOf({ price: {} }, { split: { ...SPLIT, kind, column } }));
    const groups = by("group", "person");
    const people = (rows: Int32Array): number[] => [...new Set([...rows].map((row) => row % 20))];
    const { train, validation, test } = groups.split;
    expect([train, validation, test].flatMap(people)).toHaveLength(20);
    expect(groups.inputs).not.toContain("person");
    const times = by("time", "when");
    expect(times.split.train).toEqual(Int32Array.from({ length: 72 }, (_, row) => row));
    expect(times.split.test).toEqual(Int32Array.from({ length: 24 }, (_, i) => 96 + i));
    expect(times.inputs).not.toContain("when");
  });

  it("keeps the shares of every target's labels when stratified, and refuses without a target", () => {
    const stratified = { split: { ...SPLIT, kind: "stratified" as const } };
    const planned = planStudy(table(), studyOf({ sold: {}, price: {}, group: {} }, stratified));
    const share = (name: string, rows: Int32Array, counts: (value: unknown) => boolean): number => {
      const column = columnOf(planned.table, name);
      const values: ArrayLike<unknown> = "numbers" in column ? column.numbers : column.strings;
      return [...rows].filter((row) => counts(values[row])).length / rows.length;
    };
    for (const [name, counts] of [
      ["sold", (value: unknown) => value === "yes"],
      ["group", (value: unknown) => value === "B"],
      ["price", Number.isNaN],
    ] as const) {
      const [train, test] = (["train", "test"] as const).map((part) =>
        share(name, planned.split[part], counts),
      );
      expect(Math.abs(train! - test!)).toBeLessThan(0.05);
    }
    const clusters = studyOf({ found: { kind: "clustering" } }, stratified);
    expect(() => planStudy(table(), clusters)).toThrow(ConfigError);
  });

  it("is the same for the same seed and divides other rows for another", () => {
    const plan = (seed: number) => planStudy(table(), studyOf({ price: {} }, { seed })).split;
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
  });
});

describe("a prepared study", () => {
  const options = studyOf(
    { price: {}, sold: {}, found: { kind: "clustering", reference: "group" } },
    { ignore: ["part"] },
  );

  it("standardises by training rows alone and encodes all rows", async () => {
    const plan = planStudy(table(), options);
    const { tasks, encoding, data } = await prepareStudy(plan, options, runtime);
    expect(data.width).toBe(encoding.inputs.reduce((sum, coding) => sum + codingWidth(coding), 0));
    expect(data.encoded).toHaveLength(ROWS * data.width);
    expect(data.encoded.every(Number.isFinite)).toBe(true);
    const x = Array.from(plan.split.train, (row) => data.encoded[row * data.width]!);
    const mean = x.reduce((a, b) => a + b, 0) / x.length;
    expect(Math.abs(mean)).toBeLessThan(1e-5);
    expect(x.reduce((sum, value) => sum + value ** 2, 0) / x.length).toBeCloseTo(1, 4);

    const price = columnOf(plan.table, "price");
    const known = Array.from(plan.split.train, (row) =>
      "numbers" in price ? price.numbers[row]! : 0,
    ).filter((value) => !Number.isNaN(value));
    const coding = tasks[0]!.coding;
    expect(coding).toMatchObject({ kind: "regression", labelled: known.length });
    expect(coding.kind === "regression" && coding.mean).toBeCloseTo(
      known.reduce((a, b) => a + b, 0) / known.length,
      10,
    );
  });

  it("has no bins where numbers are periodic, and says where the numbers stand among its features", async () => {
    const periodic = {
      ...options,
      encoding: { ...options.encoding, numbers: "periodic" as const, frequencyWidth: 5 },
    };
    const cells = (row: number): Row => ({
      day: `2024-01-${String(1 + (row % 28)).padStart(2, "0")}`,
      size: ["small", "medium", "large"][row % 3]!,
      holiday: row % 4 === 0 ? "true" : "false",
      gap: row % 7 === 0 ? null : row,
    });
    const plan = planStudy(table(cells), periodic);
    const { encoding, numbers, data } = await prepareStudy(plan, periodic, runtime);
    const codings = encoding.inputs.filter(({ name }) => ["x", "y", "day", "size", "gap"].includes(name));
    expect(numbers).toMatchObject({ frequencies: 24, width: 5, scale: 0.05 });
    expect(numbers!.places).toHaveLength(codings.length);
    codings.forEach((coding, i) => {
      const number = coding.type === "date" && "trend" in coding ? coding.trend : (coding as NumberInput);
      expect(number.edges).toEqual([]);
      const found = Array.from(
        plan.split.train,
        (row) => data.encoded[row * data.width + numbers!.places[i]!]!,
      );
      const { source } = columnValues(plan.table, coding);
      const expected = Array.from(plan.split.train, (row) => (source(row) - number.mean) / number.deviation);
      found.forEach((x, at) => {
        if (!Number.isNaN(expected[at]!)) expect(x).toBeCloseTo(expected[at]!, 4);
      });
    });
    const { numbers: none } = await prepareStudy(planStudy(table(), options), options, runtime);
    expect(none).toBeUndefined();
  });

  it("does not change what it fits when only test rows change", async () => {
    const plan = planStudy(table(), options);
    const test = new Set(plan.split.test);
    const other = planStudy(
      table((row, cells) => (test.has(row) ? { x: (cells["x"] as number) + 1000, price: 5 } : {})),
      options,
    );
    expect(other.split).toEqual(plan.split);
    const [before, after] = [
      await prepareStudy(plan, options, runtime),
      await prepareStudy(other, options, runtime),
    ];
    expect(after.encoding).toEqual(before.encoding);
    expect(after.tasks).toEqual(before.tasks);
  });

  it("keeps missing labels missing and reads a clustering's reference for comparison only", async () => {
    const plan = planStudy(table(), options);
    const { data } = await prepareStudy(plan, options, runtime);
    expect(Array.from(data.truths["price"]!, Number.isNaN)).toEqual(
      Array.from({ length: ROWS }, (_, row) => row % 10 === 0),
    );
    expect([...data.truths["found"]!]).toEqual(Array.from({ length: ROWS }, (_, row) => row % 3));
    expect(plan.inputs).not.toContain("group");
    const without = studyOf({ found: { kind: "clustering" } });
    const blind = await prepareStudy(planStudy(table(), without), without, runtime);
    expect(blind.data.truths["found"]!.every(Number.isNaN)).toBe(true);
  });

  it("chooses the number of clusters where it is left open, and refuses more than there are rows", async () => {
    const apart = studyOf(
      { found: { kind: "clustering" } },
      { ignore: ["colour", "group", "price", "sold", "part"] },
    );
    const { tasks } = await prepareStudy(planStudy(table(), apart), apart, runtime);
    expect(tasks[0]!.coding).toMatchObject({ kind: "clustering", clusters: 3 });
    const many = studyOf({ found: { kind: "clustering", clusters: ROWS } });
    await expect(prepareStudy(planStudy(table(), many), many, runtime)).rejects.toThrow(DataError);
  });

  it("warns of a target without labels in validation or test rows", async () => {
    const byColumn = studyOf({ price: {} }, { split: { ...SPLIT, kind: "column", column: "part" } });
    const plan = planStudy(
      table((row) => (row >= 70 ? { price: null } : {})),
      byColumn,
    );
    const { warnings } = await prepareStudy(plan, byColumn, runtime);
    expect(warnings).toEqual([
      'Target "price" has no label in the validation rows, so its validation scores are missing.',
      'Target "price" has no label in the test rows, so its test scores are missing.',
    ]);
  });

  it("warns of classes that validation or test rows lack", async () => {
    const byColumn = studyOf({ colour: {} }, { split: { ...SPLIT, kind: "column", column: "part" } });
    const plan = planStudy(
      table((row) => ({ colour: row < 90 ? ["red", "green", "blue"][row % 3]! : "red" })),
      byColumn,
    );
    expect((await prepareStudy(plan, byColumn, runtime)).warnings).toEqual([
      'Target "colour": no test row is of class "blue", "green", so its test scores leave them out.',
    ]);
  });
});
