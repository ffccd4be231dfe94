import { quoted } from "../cleaning.js";
import { type Column, isNumberColumn } from "../table.js";
import type { Finder, Finding } from "./finding.js";
import { chiSquaredTwoSample, discoveries, kolmogorovSmirnov, type TwoSample } from "./statistics.js";
import { isPresent, sampleOf, sortedNumbers, valuesOf } from "./values.js";
import { listed } from "./words.js";

const RATE = 0.001; // false discoveries among those told
const LEAST_EFFECT = 0.1; // difference of distribution functions or of shares that is worth telling
const LEAST_MISSING = 0.05; // difference of missing shares
const LEAST_ROWS = 30; // of a part, below which nothing can be told
const MOST_ROWS = 10_000; // of each part: a difference worth telling shows in fewer

/**
 * Columns whose values are distributed otherwise in validation or test rows than in training rows: Kolmogorov–Smirnov for
 * numbers, χ² for classes and for missing shares, with false discovery control over all columns and a least size of effect, so
 * that large tables do not cry wolf.
 */
export const drift: Finder = ({ inputs, targets, parts, random }) => {
  if (!parts) return [];
  const { split, kind } = parts;
  const draw = random.fork("drift");
  const train = sampleOf(split.train, MOST_ROWS, draw);
  const columns = [...inputs, ...targets.map(({ column }) => column)];
  return (["validation", "test"] as const).flatMap((part): Finding[] => {
    if (split[part].length < LEAST_ROWS || train.length < LEAST_ROWS) return [];
    const rows = sampleOf(split[part], MOST_ROWS, draw);
    const tests = columns.flatMap((column) => testsOf(column, train, rows));
    const believed = discoveries(
      tests.map(({ p }) => p),
      RATE,
    );
    const told = tests
      .filter(({ effect, least }, i) => believed[i] && effect >= least)
      .toSorted((a, b) => b.effect - a.effect);
    if (told.length === 0) return [];
    const names = [...new Set(told.map(({ column }) => column.name))];
    const words = told.map(
      ({ column, what, effect }) => `${quoted(column.name)} (${what} ${effect.toFixed(2)})`,
    );
    const expected =
      kind === "time"
        ? ", as is to be expected of a split by time"
        : kind === "group"
          ? ", as groups differ"
          : "";
    return [
      {
        kind: "drift",
        columns: names,
        severity: expected === "" ? "warning" : "info",
        found: `${names.length} of ${columns.length} columns are distributed otherwise in ${part} rows than in training rows${expected}: ${listed(words)}.`,
        done: "nothing: scores are those of rows that differ from the training rows",
        ...(expected === "" && {
          remedy:
            kind === "column"
              ? "If the named parts were not meant to differ, try --split random."
              : "With parts drawn at random this is rare by chance: look at these columns.",
        }),
      },
    ];
  });
};

interface Test extends TwoSample {
  readonly column: Column;
  /** What the effect is. */
  readonly what: string;
  readonly least: number;
}

function testsOf(column: Column, train: Int32Array, rows: Int32Array): Test[] {
  const [here, there] = [missingIn(column, train), missingIn(column, rows)];
  const tests: Test[] = [];
  if (here + there > 0 && here + there < train.length + rows.length) {
    const found = chiSquaredTwoSample([here, train.length - here], [there, rows.length - there]);
    tests.push({ ...found, column, what: "missing share by", least: LEAST_MISSING });
  }
  if (isNumberColumn(column)) {
    const [a, b] = [sortedNumbers(column.numbers, train), sortedNumbers(column.numbers, rows)];
    if (Math.min(a.length, b.length) < LEAST_ROWS) return tests;
    return [...tests, { ...kolmogorovSmirnov(a, b), column, what: "KS distance", least: LEAST_EFFECT }];
  }
  if (column.type !== "category" && column.type !== "ordinal") return tests;
  const levels = new Map<string, [number, number]>();
  const count = (from: Int32Array, at: 0 | 1): void => {
    for (const row of from) {
      const level = column.strings[row];
      if (level === null || level === undefined) continue;
      if (!levels.has(level)) levels.set(level, [0, 0]);
      levels.get(level)![at]++;
    }
  };
  count(train, 0);
  count(rows, 1);
  const counts = [...levels.values()];
  const found = chiSquaredTwoSample(
    counts.map(([a]) => a),
    counts.map(([, b]) => b),
  );
  return [...tests, { ...found, column, what: "shares by", least: LEAST_EFFECT }];
}

function missingIn(column: Column, rows: Int32Array): number {
  const values = valuesOf(column);
  return rows.reduce((sum, row) => sum + Number(!isPresent(values[row])), 0);
}
