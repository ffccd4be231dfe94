import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ParetoRecord } from "../src/run/pareto-record.js";
import { type Outcome, enter, expectRefusal, kindred, leave } from "./cli-run.js";

const PENGUINS = fileURLToPath(new URL("../examples/penguins.csv", import.meta.url));
const TASKS = ["body_mass_g", "bill_depth_mm"];
const WORDS =
  `pareto penguins.csv --tasks ${TASKS.join(",")} --points 3 --seeds 2 --epochs 3 --members 1 --trunk 16`.split(
    " ",
  );

let home: string;
let first: Outcome;

beforeAll(async () => {
  home = await enter({ "penguins.csv": await readFile(PENGUINS) });
  first = await kindred(WORDS, { cwd: home });
});

afterAll(() => leave(home));

describe("pareto", () => {
  it("prints a line for each preference, the front and where the page is", async () => {
    expect(first.code).toBe(0);
    expect(first.err).toMatch(/^ {2}10 of 10 trained$/m); // 3 preferences and 2 tasks alone, with 2 seeds
    const losses = TASKS.map((task) => `${task} \\(1 − R²\\)`).join(" +");
    expect(first.out).toMatch(new RegExp(`^preference +${losses} +front +validation$`, "m"));
    const points = first.out.split("\n").filter((line) => /^0\.\d+ : 0\.\d+ /.test(line));
    expect(points).toHaveLength(3);
    expect(first.out).toContain("Report  runs/penguins-pareto/pareto.html");

    const record = JSON.parse(await fileOf("pareto.json")) as ParetoRecord;
    expect(record.points.map(({ preference }) => preference[0])).toEqual([5 / 6, 1 / 2, 1 / 6]);
    const means = record.points.map(({ test }) => test.map(({ mean }) => mean!)); // no training failed
    const onFront = means.map((own) => !means.some((other) => dominates(other, own)));
    expect(record.points.map(({ dominatedBy }) => dominatedBy.length === 0)).toEqual(onFront);
    expect(points.map((line) => line.includes(" yes"))).toEqual(onFront);
    expect(await fileOf("pareto.html")).toContain("body_mass_g, 1 − R²");
  });

  it("trains only what is not there yet", async () => {
    const again = await kindred(WORDS, { cwd: home });
    expect(again.err).toContain("10 of 10 trainings are kept from before.");
    expect(again.out).toBe(first.out);
  });

  it("measures the volume up to the corner it is given, and writes JSON lines", async () => {
    const { code, out, err } = await kindred([...WORDS, "--reference-point", "3,2", "--json"], { cwd: home });
    expect([code, err]).toEqual([0, ""]);
    const { type, record } = JSON.parse(out.trimEnd().split("\n").at(-1)!) as Line;
    expect(type).toBe("result");
    const front = record.points.filter(({ dominatedBy }) => dominatedBy.length === 0);
    expect(record.hypervolume).toBeCloseTo(areaUpTo([3, 2], front), 10);
  });

  it("refuses mistakes in one line before any training", async () => {
    const refusedBy = (words: readonly string[], message: RegExp): Promise<void> =>
      expectRefusal(words, home, message);
    const begin = ["pareto", "penguins.csv", "--tasks"];
    await refusedBy([...begin, "body_mass_g"], /tasks must be two or three, got 1/);
    await refusedBy([...begin, TASKS.join(","), "--balance", "pcgrad"], /fixed.*stch.*epo/);
    await refusedBy([...begin, TASKS.join(","), "--reference-point", "1"], /reference-point/);
    await refusedBy([...begin, `${TASKS.join(",")},flipper_length_mm`, "--points", "4"], /3, 6, 10/);
  });
});

interface Line {
  readonly type: string;
  readonly record: ParetoRecord;
}

const fileOf = (name: string): Promise<string> =>
  readFile(join(home, "runs", "penguins-pareto", name), "utf8");

const dominates = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((x, i) => x <= b[i]!) && a.some((x, i) => x < b[i]!);

/** Area between points of a front and a corner, by counting cells between all coordinates. */
function areaUpTo([right, top]: readonly [number, number], front: ParetoRecord["points"]): number {
  const points = front.map(({ test }) => [test[0]!.mean!, test[1]!.mean!] as const);
  const cuts = (axis: 0 | 1, end: number): number[] =>
    [...points.map((point) => point[axis]), end].filter((x) => x <= end).toSorted((a, b) => a - b);
  const [across, up] = [cuts(0, right), cuts(1, top)];
  let area = 0;
  for (let i = 1; i < across.length; i++)
    for (let j = 1; j < up.length; j++)
      if (points.some(([x, y]) => x <= across[i - 1]! && y <= up[j - 1]!))
        area += (across[i]! - across[i - 1]!) * (up[j]! - up[j - 1]!);
  return area;
}
