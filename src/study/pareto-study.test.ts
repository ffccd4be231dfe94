import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { hypervolume } from "../evaluation/pareto-front.js";
import type { ParetoRecord } from "../run/pareto-record.js";
import type { ParetoHow } from "./pareto-study.js";
import { pareto } from "./pareto.js";

// Two shared hidden units are too few for two targets: what one task gets the other lacks.
const random = seededRandom(8, "pareto");
const rows = Array.from({ length: 400 }, () => {
  const [x, y] = [random.normal(), random.normal()];
  return { x, y, first: x + 0.05 * random.normal(), second: y + 0.05 * random.normal() };
});
const options = {
  tasks: { first: { kind: "regression" }, second: { kind: "regression" } },
  budget: { epochs: 40, refit: "never", learningRate: 0.02, batch: 32 },
  sharing: { trunk: [2], head: 0, members: 1 },
} as const;

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "kindred-pareto-"));
});

afterAll(() => rm(home, { recursive: true, force: true }));

const trace = (balance: "fixed" | "stch" | "epo", how: ParetoHow): Promise<ParetoRecord> =>
  pareto(rows, { ...options, balance }, { seeds: 1, ...how });

const losses = ({ points }: ParetoRecord): number[][] =>
  points.map(({ test }) => test.map(({ mean }) => mean!));

describe("a traced front", () => {
  it.each(["fixed", "epo"] as const)(
    "of two conflicting tasks is ordered by preference, with %s",
    async (balance) => {
      const record = await trace(balance, { points: 4, seeds: 2 });
      const found = losses(record);
      const [most, least] = [found[0]!, found.at(-1)!];
      expect(most[0]!).toBeLessThan(least[0]! - 0.1);
      expect(most[1]!).toBeGreaterThan(least[1]! + 0.1);
      found.slice(1).forEach(([first, second], i) => {
        expect(first!).toBeGreaterThan(found[i]![0]! - 0.03);
        expect(second!).toBeLessThan(found[i]![1]! + 0.03);
      });
      const front = record.points.filter(({ dominatedBy }) => dominatedBy.length === 0);
      const along = front.map(({ test }) => test.map(({ mean }) => mean!)).toSorted((a, b) => a[0]! - b[0]!);
      along.slice(1).forEach(([, second], i) => expect(second!).toBeLessThanOrEqual(along[i]![1]!));
      expect(record.hypervolume).toBeCloseTo(hypervolume(found, record.reference), 12);
      expect(record.hypervolume).toBeGreaterThan(0);
    },
    120_000,
  );

  it("goes on where it was stopped, and ends in files of its own", async () => {
    const folder = join(home, "front");
    const short = { ...options, balance: "stch", budget: { epochs: 2, refit: "never" } } as const;
    const begun: string[] = [];
    const how = (points: number, onEvent?: ParetoHow["onEvent"]): ParetoHow => ({
      folder,
      points,
      seeds: 1,
      ...(onEvent && { onEvent }),
    });
    const first = await pareto(rows, short, how(3));
    const again = await pareto(
      rows,
      short,
      how(3, (event) => void (event.type === "begun" && begun.push(event.what))),
    );
    expect(begun).toEqual([]);
    expect(losses(again)).toEqual(losses(first));
    const page = await readFile(join(folder, "pareto.html"), "utf8");
    expect(page).toContain("Best on validation");
    expect(page).not.toMatch(/<script|src=|href="http/);
    const kept = JSON.parse(await readFile(join(folder, "pareto.json"), "utf8")) as ParetoRecord;
    expect(kept.points.map(({ name }) => name)).toEqual(["0.833 0.167", "0.500 0.500", "0.167 0.833"]);
    expect(kept.points.every(({ validation }) => validation.every(({ mean }) => mean! > 0))).toBe(true);
  }, 60_000);

  it("is of two or three targets, by a method that reads preferences, up to a whole reference", async () => {
    const one = { ...options, tasks: { first: { kind: "regression" } } } as const;
    await expect(pareto(rows, one)).rejects.toThrow(/tasks must be two or three/);
    await expect(pareto(rows, { ...options, balance: "pcgrad" })).rejects.toThrow(/fixed, stch or epo/);
    await expect(pareto(rows, options, { reference: { first: 1 } })).rejects.toThrow(/a loss for every task/);
    await expect(pareto(rows, options, { points: 1 })).rejects.toThrow(/at least 2/);
  });
});
