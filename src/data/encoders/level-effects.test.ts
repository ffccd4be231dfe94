import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { fitInputEncoding } from "../fit-encoding.js";
import type { StringColumn } from "../table.js";
import { type LabelColumn, levelEffects } from "./level-effects.js";
import { fitStatistics } from "./target-statistics.js";

const FOLDS = 3;
const rowsOf = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

/** One-way analysis of variance with unequal groups, by its textbook form, and the shrunken means. */
function byTheBook(groups: readonly (readonly number[])[]): number[] {
  const sum = (values: readonly number[]): number => values.reduce((total, x) => total + x, 0);
  const all = groups.flat();
  const mean = sum(all) / all.length;
  const filled = groups.filter((group) => group.length > 0);
  const ssWithin = sum(filled.map((group) => sum(group.map((x) => (x - sum(group) / group.length) ** 2))));
  const ssBetween = sum(filled.map((group) => group.length * (sum(group) / group.length - mean) ** 2));
  const msWithin = ssWithin / (all.length - filled.length);
  const msBetween = ssBetween / (filled.length - 1);
  const n0 = (all.length - sum(filled.map((group) => group.length ** 2)) / all.length) / (filled.length - 1);
  const between = Math.max(0, (msBetween - msWithin) / n0);
  return groups.map((group) => {
    if (group.length === 0 || between === 0) return 0;
    const weight = between / (between + msWithin / group.length);
    return weight * (sum(group) / group.length - mean);
  });
}

describe("levelEffects", () => {
  it("are the shrunken means of an analysis of variance, of all rows and without each fold", () => {
    const row = fc.record({
      level: fc.integer({ min: 0, max: 3 }),
      fold: fc.integer({ min: 1, max: FOLDS }),
      y: fc.option(fc.double({ min: -3, max: 3, noNaN: true }), { nil: Number.NaN }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 12, maxLength: 60 }), (rows) => {
        const label: LabelColumn = { task: "t", values: Float64Array.from(rows, ({ y }) => y), odds: false };
        const found = levelEffects(label, {
          places: Int32Array.from(rows, ({ level }) => level),
          levels: 4,
          rows: rowsOf(rows.length),
          foldOf: Int32Array.from(rows, ({ fold }) => fold),
          folds: FOLDS,
        });
        for (let without = 0; without <= FOLDS; without++) {
          const kept = rows.filter(({ fold, y }) => fold !== without && !Number.isNaN(y));
          const groups = [0, 1, 2, 3].map((at) => kept.filter(({ level }) => level === at).map(({ y }) => y));
          const filled = groups.filter((group) => group.length > 0).length;
          if (filled < 2 || kept.length - filled < 3) continue; // too few to compare two ways of rounding
          byTheBook(groups).forEach((effect, level) =>
            expect(Math.abs(found.tables[without]![level]! - effect)).toBeLessThan(1e-6),
          );
        }
      }),
    );
  });

  it("of a class are differences of log-odds, finite where all rows of a level agree", () => {
    const rows = Array.from({ length: 400 }, (_, i) => ({
      level: i % 4,
      y: i % 4 === 0 || i % 8 === 1 ? 1 : 0,
    }));
    const { tables } = levelEffects(
      { task: "t", values: Float64Array.from(rows, ({ y }) => y), odds: true },
      {
        places: Int32Array.from(rows, ({ level }) => level),
        levels: 4,
        rows: rowsOf(400),
        foldOf: Int32Array.from(rows, (_, i) => 1 + (i % FOLDS)),
        folds: FOLDS,
      },
    );
    expect(tables[0]!.every(Number.isFinite)).toBe(true);
    expect(tables[0]![0]).toBeGreaterThan(3);
    expect(tables[0]![2]).toBeLessThan(-3);
    expect(tables[0]![2]).toBe(tables[0]![3]);
  });
});

describe("folds of statistics", () => {
  it("keep groups whole, and divide single rows evenly", () => {
    const n = 400;
    const strings = Array.from({ length: n }, (_, i) => `l${i % 100}`);
    const site = Array.from({ length: n }, (_, i) => `s${i % 37}`);
    const columns = [{ name: "c", type: "category", strings } as const];
    const labels = [{ task: "t", values: Float64Array.from(strings, (_, i) => i % 100), odds: false }];
    const foldsOf = (groups?: StringColumn): Int32Array =>
      fitInputEncoding({ source: "t", rows: n, columns }, ["c"], rowsOf(300), {
        labels,
        ...(groups && { groups }),
      }).crossFit!.foldOf;
    const [plain, whole] = [foldsOf(), foldsOf({ name: "site", type: "category", strings: site })];
    for (const folds of [plain, whole]) {
      expect(folds.slice(300).every((fold) => fold === 0)).toBe(true);
      expect(new Set(folds.slice(0, 300))).toEqual(new Set([1, 2, 3, 4, 5]));
    }
    for (let fold = 1; fold <= 5; fold++) expect(plain.filter((one) => one === fold)).toHaveLength(60);
    const bySite = new Map<string, number>();
    site.slice(0, 300).forEach((name, row) => {
      expect(bySite.get(name) ?? whole[row]).toBe(whole[row]);
      bySite.set(name, whole[row]!);
    });
  });
});

describe("fitStatistics", () => {
  /** Rows of noise, `each` to a level. */
  function noise(
    each: number,
    n: number,
    seed: number,
  ): { column: StringColumn; label: LabelColumn; foldOf: Int32Array } {
    const random = seededRandom(seed, "noise");
    const strings = random.shuffle(Array.from({ length: n }, (_, i) => `l${Math.floor(i / each)}`));
    const values = Float64Array.from(strings, () => random.normal());
    const foldOf = random.shuffle(Int32Array.from(strings, (_, i) => 1 + (i % FOLDS)));
    return {
      column: { name: "c", type: "category", strings },
      label: { task: "t", values, odds: false },
      foldOf,
    };
  }

  it.each([2, 3])("tells no row its own label where noise has %i rows a level", (each) => {
    const correlations: number[] = [];
    for (let seed = 0; seed < 40; seed++) {
      const { column, label, foldOf } = noise(each, 300, seed);
      const fitted = fitStatistics(column, rowsOf(300), { labels: [label], foldOf, folds: FOLDS }, [])!;
      if (fitted.tasks.length < 2) continue; // levels did not differ
      const places = column.strings.map((text) => fitted.coding.levels.indexOf(text!));
      const told = places.map((place, row) => fitted.withoutFold[foldOf[row]! - 1]![place]![1]!);
      correlations.push(told.reduce((sum, x, row) => sum + x * label.values[row]!, 0) / 300);
    }
    expect(correlations.length).toBeGreaterThan(10);
    const mean = correlations.reduce((sum, x) => sum + x, 0) / correlations.length;
    expect(mean).toBeLessThan(4 / Math.sqrt(300 * correlations.length));
  });

  it("would tell it without folds", () => {
    const { column, label, foldOf } = noise(2, 300, 1);
    const context = { labels: [label], foldOf, folds: FOLDS };
    const fitted = Array.from({ length: 40 }, (_, seed) => {
      const other = noise(2, 300, seed);
      return {
        ...other,
        fitted: fitStatistics(
          other.column,
          rowsOf(300),
          { ...context, labels: [other.label], foldOf: other.foldOf },
          [],
        )!,
      };
    }).filter((one) => one.fitted.tasks.length === 2);
    const naive = fitted.map(({ column: of, label: { values }, fitted: { coding } }) => {
      const told = of.strings.map((text) => coding.table[coding.levels.indexOf(text!)]![1]!);
      const norm = Math.sqrt(
        told.reduce((sum, x) => sum + x * x, 0) * values.reduce((sum, x) => sum + x * x, 0),
      );
      return told.reduce((sum, x, row) => sum + x * values[row]!, 0) / norm;
    });
    expect(column.strings).toHaveLength(300);
    expect(Math.min(...naive)).toBeGreaterThan(0.5);
  });

  it("has the tables that a fit without the fold's rows would have, and keeps held-out rows out", () => {
    const { column, label, foldOf } = noise(5, 200, 3);
    label.values.forEach((y, row) => {
      label.values[row] = y + (column.strings[row]!.charCodeAt(1) % 3);
    });
    const train = rowsOf(150);
    const context = { labels: [label], foldOf, folds: FOLDS };
    const whole = fitStatistics(column, train, context, [])!;
    const changed = { ...label, values: label.values.map((y, row) => (row < 150 ? y : 1e6)) };
    expect(fitStatistics(column, train, { ...context, labels: [changed] }, [])).toEqual(whole);
    const first = whole.withoutFold[0]!;
    const other = { ...label, values: label.values.map((y, row) => (foldOf[row] === 1 ? 1e3 * y : y)) };
    const moved = fitStatistics(column, train, { ...context, labels: [other] }, [])!;
    const ratio = (tables: typeof first): number[] => tables.map((line) => line[1]! / tables[0]![1]!);
    ratio(moved.withoutFold[0]!).forEach((x, i) => expect(x).toBeCloseTo(ratio(first)[i]!, 9));
    expect(ratio(moved.withoutFold[1]!)).not.toEqual(ratio(whole.withoutFold[1]!));
  });
});
