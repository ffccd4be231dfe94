import { quoted } from "../cleaning.js";
import type { Column } from "../table.js";
import type { Finder } from "./finding.js";
import { type CodedTarget, codeTarget } from "./one-column.js";
import { chiSquaredTail, discoveries } from "./statistics.js";
import { isPresent, sampleOf, valuesOf } from "./values.js";
import { listed, percent } from "./words.js";

const RATE = 0.001; // false discoveries among those told
const LEAST_SHARE = 0.02; // of the target's variance: what is less is of no use
const MOST_ROWS = 20_000;
const LEAST_HOLES = 10;

/**
 * Inputs whose being missing tells about a target: the share of the target's variance between rows with and without a value
 * (for classes Cramér's V², for amounts R²), believed by a χ² test under false discovery control.
 */
export const missingTells: Finder = ({ inputs, targets, train, random }) => {
  const rows = sampleOf(train, MOST_ROWS, random.fork("missing-tells"));
  const coded = targets.map((target) => ({ name: target.column.name, code: codeTarget(target, rows) }));
  const tests = inputs.flatMap((input) => {
    const holes = holesIn(input, rows);
    if (holes === undefined) return [];
    return coded.flatMap(({ name, code }) => {
      const found = code.amounts ? ofAmounts(holes, code.amounts) : ofClasses(holes, code.classes);
      return found ? [{ input, target: name, ...found }] : [];
    });
  });
  const believed = discoveries(
    tests.map(({ p }) => p),
    RATE,
  );
  const told = tests
    .filter(({ share }, i) => believed[i] && share >= LEAST_SHARE)
    .toSorted((a, b) => b.share - a.share);
  if (told.length === 0) return [];
  const pairs = told.map(
    ({ input, target, share }) =>
      `${quoted(input.name)} about ${quoted(target)} (${percent(share)} of its variance)`,
  );
  return [
    {
      kind: "missing-tells",
      columns: [...new Set(told.map(({ input }) => input.name))],
      severity: "info",
      found: `Whether a value is missing tells about a target in training rows: ${listed(pairs)}.`,
      done: "that it is missing is an input of its own",
      remedy: "Values must then go missing for new rows as they did here.",
    },
  ];
};

/** 1 where the value is missing, by position in the rows; undefined with too few of either. */
function holesIn(column: Column, rows: Int32Array): Uint8Array | undefined {
  const values = valuesOf(column);
  const holes = new Uint8Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    if (isPresent(values[rows[i]!])) continue;
    holes[i] = 1;
    count++;
  }
  return Math.min(count, rows.length - count) < LEAST_HOLES ? undefined : holes;
}

type Association = { readonly share: number; readonly p: number } | undefined;

function ofAmounts(holes: Uint8Array, amounts: Float64Array): Association {
  let [n, missing, sum, missingSum] = [0, 0, 0, 0];
  for (let i = 0; i < holes.length; i++) {
    const amount = amounts[i]!;
    if (Number.isNaN(amount)) continue;
    n++;
    sum += amount;
    missing += holes[i]!;
    missingSum += holes[i]! * amount;
  }
  if (Math.min(missing, n - missing) < LEAST_HOLES) return undefined;
  const mean = sum / n;
  let total = 0;
  for (const amount of amounts) if (!Number.isNaN(amount)) total += (amount - mean) ** 2;
  const apart = missingSum / missing - (sum - missingSum) / (n - missing);
  const share = (apart ** 2 * missing * (n - missing)) / n / total;
  return Number.isFinite(share) ? { share, p: chiSquaredTail(n * share, 1) } : undefined;
}

function ofClasses(holes: Uint8Array, { codes, levels }: CodedTarget["classes"]): Association {
  const [all, absent] = [new Int32Array(levels), new Int32Array(levels)];
  let [n, missing] = [0, 0];
  for (let i = 0; i < holes.length; i++) {
    const label = codes[i]!;
    if (label < 0) continue;
    n++;
    missing += holes[i]!;
    all[label]!++;
    absent[label]! += holes[i]!;
  }
  if (levels < 2 || Math.min(missing, n - missing) < LEAST_HOLES) return undefined;
  let statistic = 0;
  for (let label = 0; label < levels; label++) {
    const expected = (all[label]! * missing) / n;
    if (all[label] === 0) continue;
    const off = (absent[label]! - expected) ** 2;
    statistic += off / expected + off / (all[label]! - expected);
  }
  return { share: statistic / n, p: chiSquaredTail(statistic, levels - 1) };
}
