import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import type { ComparisonRecord } from "../run/comparison-record.js";
import { compare } from "./compare.js";
import type { CompareEvent, CompareHow } from "./compare-study.js";
import type { Variant } from "./variants.js";

const random = seededRandom(5, "compare");
const rows = Array.from({ length: 120 }, () => {
  const [x, y] = [random.normal(), random.normal()];
  return { x, y, sum: x + y + 0.1 * random.normal(), sign: x > 0 ? "plus" : "minus" };
});
const options = {
  tasks: { sum: {}, sign: {} },
  budget: { epochs: 2, refit: "never" },
  sharing: { trunk: [8], members: 1 },
} as const;
const variants: readonly Variant[] = [
  { name: "equal", settings: { balance: "equal" } },
  { name: "pcgrad", settings: { balance: "pcgrad" } },
];

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "kindred-compare-"));
});

afterAll(() => rm(home, { recursive: true, force: true }));

const run = (how: Partial<CompareHow> = {}, given = {}): Promise<ComparisonRecord> =>
  compare(rows, { ...options, ...given }, { variants, seeds: 2, ...how });

/** What does not depend on the clock. */
const timeless = ({ variants: ranked, tasks }: ComparisonRecord): unknown => ({
  tasks,
  variants: ranked.map(({ seconds: _seconds, stepMs: _stepMs, ...rest }) => rest),
});

describe("a comparison", () => {
  it("goes on after a stop, trains what is missing only, and ends the same", async () => {
    const folder = join(home, "resumed");
    const controller = new AbortController();
    const stopAtThird = (event: CompareEvent): void => {
      if (event.type === "done" && event.done === 3) controller.abort();
    };
    await expect(run({ folder, signal: controller.signal, onEvent: stopAtThird })).rejects.toThrow(/abort/i);
    const kept = await readdir(join(folder, "results"));
    expect([3, 4]).toContain(kept.length); // what ran beside the third may have been at its end

    const begun: string[] = [];
    const note = (event: CompareEvent): void => {
      if (event.type === "begun") begun.push(`${event.what} ${event.seed}`);
    };
    const resumed = await run({ folder, onEvent: note });
    expect(begun).toHaveLength(8 - kept.length); // 2 variants and 2 tasks alone, with 2 seeds
    expect(timeless(resumed)).toEqual(timeless(await run()));

    begun.length = 0;
    await run({ folder, onEvent: note });
    expect(begun).toEqual([]);
    await run({ folder, seeds: 3, onEvent: note });
    expect(begun.toSorted()).toEqual(["equal 2", "pcgrad 2", "sign 2", "sum 2"]);
    const page = await readFile(join(folder, "compare.html"), "utf8");
    expect(page).toContain("pcgrad");
    expect(page).not.toMatch(/<script|src=|href="http/);
    expect(JSON.parse(await readFile(join(folder, "compare.json"), "utf8"))).toMatchObject({
      seeds: [0, 1, 2],
    });
  });

  it("trains a variant anew when its settings changed under the same name, or its file is damaged", async () => {
    const folder = join(home, "changed");
    await run({ folder });
    const begun: string[] = [];
    const onEvent = (event: CompareEvent): void => {
      if (event.type === "begun") begun.push(`${event.what} ${event.seed}`);
    };
    const other: Variant = { name: "pcgrad", settings: { balance: "pcgrad", budget: { weightDecay: 0.5 } } };
    await run({ folder, variants: [variants[0]!, other], onEvent });
    expect(begun.toSorted()).toEqual(["pcgrad 0", "pcgrad 1"]);
    const [file] = (await readdir(join(folder, "results"))).filter((name) => name.startsWith("1-equal"));
    await writeFile(join(folder, "results", file!), "{");
    begun.length = 0;
    await run({ folder, variants: [variants[0]!, other], onEvent });
    expect(begun).toEqual(["equal 1"]);
  });

  it("refuses the folder of another study and of other data, unless it may be overwritten", async () => {
    const folder = join(home, "refused");
    await run({ folder, seeds: 1 });
    const other = { ...options, ignore: ["y"] };
    await expect(run({ folder, seeds: 1 }, other)).rejects.toThrow(/holds the comparison of another study/);
    const fewer = compare(rows.slice(1), options, { variants, seeds: 1, folder });
    await expect(fewer).rejects.toThrow(/holds the comparison of another study, of other data/);
    await expect(run({ folder, seeds: 1, overwrite: true }, other)).resolves.toBeDefined();
  });

  it("splits rows by seed and alike for all variants, so that equal variants tie on every task", async () => {
    const twins = await run({ variants: [variants[0]!, { name: "twin", settings: { balance: "equal" } }] });
    expect(twins.variants.map(({ meanRank }) => meanRank)).toEqual([1.5, 1.5]);
    const [first, second] = twins.variants;
    expect(second!.tasks).toEqual(first!.tasks);
    expect(twins.variants.find(({ against }) => against)?.against).toMatchObject({
      difference: 0,
      p: 1,
      holm: 1,
    });
    expect(first!.tasks[0]!.sd).toBeGreaterThan(0);
  });

  it("records a variant that diverges and goes on with the others", async () => {
    const wild: Variant = { name: "wild", settings: { budget: { learningRate: 1e20, clip: 0 } } };
    const { variants: ranked } = await run({ variants: [variants[0]!, wild], seeds: 1 });
    expect(ranked.map(({ name, failed }) => [name, failed])).toEqual([
      ["equal", 0],
      ["wild", 1],
    ]);
  });

  it("refuses what cannot be compared in one line", async () => {
    await expect(run({ variants: variants.slice(1) })).rejects.toThrow(/at least two to compare, got 1/);
    await expect(run({ variants: [variants[0]!, variants[0]!] })).rejects.toThrow(/"equal" is there twice/);
    await expect(run({ seeds: 0 })).rejects.toThrow(/seeds must be a whole number of at least 1/);
    await expect(run({}, { split: { folds: 3 } })).rejects.toThrow(/folds cannot be used/);
    await expect(run({}, { tasks: { sum: {} } })).rejects.toThrow(/tasks must be at least two/);
    const odd: Variant = { name: "odd", settings: { balance: "cagrad", balancing: { options: { z: 1 } } } };
    await expect(run({ variants: [variants[0]!, odd] })).rejects.toThrow(/variant odd: "z" is not an option/);
  });
});
