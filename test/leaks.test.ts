import { describe, expect, it } from "vitest";
import { seededRandom } from "../src/base/random.js";
import type { Normalisation } from "../src/data/encoders/normalisation.js";
import type { Row } from "../src/data/index.js";
import { load, type RunRecord, type TaskMap } from "../src/index.js";
import { readCard } from "../src/study/model-card.js";
import type { SplitOptions } from "../src/study/options.js";
import { NOISE_SPLITS, NOISE_TASKS, type NoiseRow, noiseRows, SPLIT_COLUMNS } from "./noise-tables.js";

const SEEDS = [1, 2, 3];
const QUICK = { sharing: { members: 2, trunk: [16] }, budget: { epochs: 12, batch: 32 } } as const;

const DEVIATIONS = 4; // a band that a right program leaves once in 30,000 checks
const MARGIN = 1.25; // for noise that is not normal

/** How one task did on test rows it could not know anything about. */
interface NoiseScore {
  readonly of: string;
  readonly metric: "R²" | "accuracy";
  readonly rows: number;
  readonly value: number;
  /** What chance alone stays under. */
  readonly band: number;
}

/**
 * The largest R² = 1 − SSE/SST (SST about the training mean) that chance allows on n test rows after m training rows.
 *
 * Let e be the deviations of the test labels from the training mean and d those of the predictions. Then
 * R² = (2 e·d − d·d) / e·e, which no scale of d lifts above cos²(e, d). With labels independent of d, cos² follows
 * Beta(1/2, (n − 1)/2), near z²/n with a standard normal z; that the training mean is off by 1/m of the variance
 * widens it by 1 + n/m.
 */
const r2Band = (n: number, m: number): number => (MARGIN * DEVIATIONS ** 2 * (1 + n / m)) / n;

/**
 * The largest accuracy that chance allows on n test rows whose commonest class has that share: Hoeffding 1963, "Probability
 * Inequalities for Sums of Bounded Random Variables", theorem 2, at the level of as many deviations of a normal variable.
 */
const accuracyBand = (n: number, share: number): number => share + DEVIATIONS / 2 / Math.sqrt(n);

/** Trains on rows and scores every task on test rows, together and alone. */
async function scoresOf(
  rows: readonly Row[],
  options: {
    readonly split: SplitOptions;
    readonly seed: number;
    readonly tasks?: TaskMap;
    readonly encoding?: { readonly normalisation: Normalisation };
  },
): Promise<NoiseScore[]> {
  const ignore = SPLIT_COLUMNS.filter((name) => name !== options.split.column && name in rows[0]!);
  const study = await load(rows, { tasks: NOISE_TASKS, ...QUICK, ...options, ignore });
  const model = await study.train();
  await model.close();
  const { tasks: coded } = readCard(model.modelBytes, "model");
  return coded.flatMap(({ name, coding }, t): NoiseScore[] => {
    const of = `${name}, ${options.split.kind} split, seed ${options.seed}`;
    const found = model.record.evaluation.tasks[t]!;
    const { labelled, balance } = model.record.tasks[t]!;
    const { train } = labelled;
    const n = found.testRows;
    if (coding.kind === "regression") {
      const together = { of: `${of}, together`, value: r2About(balance!.train.mean!, found), rows: n };
      const alone = { of: `${of}, alone`, value: found.single["r2"]!, rows: n };
      return [together, alone].map((score) => ({ ...score, metric: "R²", band: r2Band(n, train) }));
    }
    const labels = rows.map((row) => row[name]);
    const share = Math.max(
      ...[...new Set(labels)].map((label) => labels.filter((x) => x === label).length / labels.length),
    );
    return (["multi", "single"] as const).map((which) => ({
      of: `${of}, ${which === "multi" ? "together" : "alone"}`,
      metric: "accuracy",
      rows: n,
      value: found[which]["accuracy"]!,
      band: accuracyBand(n, share),
    }));
  });
}

/** R² on test rows about the training mean. */
function r2About(mean: number, { plot }: RunRecord["evaluation"]["tasks"][number]): number {
  if (plot.type !== "scatter") throw new TypeError("a regression has a scatter plot");
  const squares = (about: (row: number) => number): number =>
    plot.truth.reduce((sum, value, row) => sum + (value - about(row)) ** 2, 0);
  return 1 - squares((row) => plot.predicted[row]!) / squares(() => mean);
}

/** The scores that chance cannot explain. */
const beyondChance = (scores: readonly NoiseScore[]): NoiseScore[] =>
  scores.filter(({ value, band }) => value > band);

/** Mean R² over tasks and seeds with its band: one predictor of all their rows, if every target has the same variance. */
function pooled(scores: readonly NoiseScore[]): { readonly value: number; readonly band: number } {
  const chosen = scores.filter(({ metric, of }) => metric === "R²" && of.endsWith("together"));
  const mean = (pick: (score: NoiseScore) => number): number =>
    chosen.reduce((sum, score) => sum + pick(score) / chosen.length, 0);
  return { value: mean(({ value }) => value), band: mean(({ band }) => band) / chosen.length };
}

describe("targets of pure noise", () => {
  it.each(NOISE_SPLITS.map((split) => [split.kind, split] as const))(
    "are predicted no better than chance allows on other scales and a %s split",
    async (_, split) => {
      const tasks = {
        amount: { kind: "regression", transform: "yeo-johnson" },
        delay: { kind: "regression", transform: "log" },
        income: { kind: "regression", transform: "log" },
      } as const;
      const scores: NoiseScore[] = [];
      for (const seed of SEEDS) {
        const encoding = { normalisation: seed % 2 === 0 ? "quantile" : "robust" } as const;
        scores.push(...(await scoresOf(noiseRows(seed), { split, seed, tasks, encoding })));
      }
      expect(scores).toHaveLength(SEEDS.length * 3 * 2);
      expect(scores.every(({ value, rows }) => Number.isFinite(value) && rows > 190)).toBe(true);
      expect(beyondChance(scores)).toEqual([]);
      expect(pooled(scores).value).toBeLessThan(pooled(scores).band);
    },
  );

  it.each(NOISE_SPLITS.map((split) => [split.kind, split] as const))(
    "are predicted no better than chance allows on a %s split",
    async (_, split) => {
      const scores: NoiseScore[] = [];
      for (const seed of SEEDS) scores.push(...(await scoresOf(noiseRows(seed), { split, seed })));
      expect(scores).toHaveLength(SEEDS.length * 4 * 2);
      expect(scores.every(({ value, rows }) => Number.isFinite(value) && rows > 190)).toBe(true);
      expect(beyondChance(scores)).toEqual([]);
      expect(pooled(scores).value).toBeLessThan(pooled(scores).band);
    },
  );
});

/** Inputs beside which a leak is hard to find for a model of so few epochs: of many features, all of them noise. */
const WIDE = /^(?:city|zip|size|remark|seen|vector.*)$/;

/** The mean target of a row's city as one more input, over the rows that `seen` allows. */
function withCityMeans(rows: readonly NoiseRow[], seen: (row: NoiseRow) => boolean): Row[] {
  const means = (pick: (row: NoiseRow) => number | null): ((city: string) => number | null) => {
    const sums = new Map<string, { sum: number; count: number }>();
    for (const row of rows.filter(seen)) {
      const value = pick(row);
      if (value === null) continue;
      const { sum, count } = sums.get(row.city) ?? { sum: 0, count: 0 };
      sums.set(row.city, { sum: sum + value, count: count + 1 });
    }
    return (city) => {
      const found = sums.get(city);
      return found ? found.sum / found.count : null;
    };
  };
  const [amount, agreed] = [means((row) => row.amount), means((row) => (row.agreed === "yes" ? 1 : 0))];
  return rows.map((row) => ({
    ...Object.fromEntries(Object.entries(row).filter(([name]) => !WIDE.test(name))),
    cityAmount: amount(row.city),
    cityAgreed: agreed(row.city),
  }));
}

const CANDIDATES = 2000; // inputs of noise among which some are chosen
const CHOSEN = 20;

/** Rows with the inputs of noise that follow the amount best over the rows that `seen` allows. */
function withBestInputs(rows: readonly NoiseRow[], seen: (row: NoiseRow) => boolean, seed: number): Row[] {
  const random = seededRandom(seed, "candidates");
  const counted = rows.flatMap((row, i) =>
    row.amount !== null && seen(row) ? [{ i, amount: row.amount }] : [],
  );
  const best = Array.from({ length: CANDIDATES }, () => {
    const values = rows.map(() => random.normal());
    return {
      values,
      strength: Math.abs(counted.reduce((sum, { i, amount }) => sum + amount * values[i]!, 0)),
    };
  })
    .sort((a, b) => b.strength - a.strength)
    .slice(0, CHOSEN);
  return rows.map(({ part, amount }, i) => ({
    part,
    amount,
    ...Object.fromEntries(best.map(({ values }, k) => [`best${k}`, values[i]!])),
  }));
}

describe("a leak planted on purpose", () => {
  const split = NOISE_SPLITS.find(({ kind }) => kind === "column")!;
  const inTraining = (row: NoiseRow): boolean => row.part === "train";
  const overSeeds = async (
    plant: (rows: readonly NoiseRow[], seed: number) => readonly Row[],
    tasks?: TaskMap,
  ): Promise<NoiseScore[]> => {
    const scores: NoiseScore[] = [];
    for (const seed of SEEDS)
      scores.push(
        ...(await scoresOf(plant(noiseRows(seed), seed), { split, seed, ...(tasks && { tasks }) })),
      );
    return scores;
  };

  it("is caught where means of targets by level are taken over all rows", async () => {
    const found = beyondChance(await overSeeds((rows) => withCityMeans(rows, () => true)));
    for (const task of ["amount", "agreed"])
      expect(found.filter(({ of }) => of.startsWith(task)).length, task).toBe(2 * SEEDS.length);
    expect(found.filter(({ of }) => /^(?:delay|grade)/.test(of))).toEqual([]);
  });

  it("is not seen where the same means are taken over training rows", async () => {
    const scores = await overSeeds((rows) => withCityMeans(rows, inTraining));
    expect(beyondChance(scores)).toEqual([]);
    expect(pooled(scores).value).toBeLessThan(pooled(scores).band);
  });

  it("is caught where inputs are chosen by all rows, and not seen where training rows choose them", async () => {
    const tasks = { amount: NOISE_TASKS.amount };
    const all = pooled(await overSeeds((rows, seed) => withBestInputs(rows, () => true, seed), tasks));
    expect(all.value).toBeGreaterThan(all.band);
    const training = pooled(await overSeeds((rows, seed) => withBestInputs(rows, inTraining, seed), tasks));
    expect(training.value).toBeLessThan(training.band);
  });
});
