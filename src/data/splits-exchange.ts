import type { Random } from "../base/random.js";
import type { RowLabels } from "./splits-strata.js";

const PASSES = 4; // times the rows are looked at; more change little
const MOST_ROWS = 8192; // rows of a part looked at in one pass; what a larger part is off by is a small share of it
const PARTNERS = 16; // rows tried for an exchange each time

/**
 * Exchanges rows between parts, in place, wherever that brings the strata nearer to their shares: a row with the best of some rows
 * of other parts, judged by the sum of the squares of what each part has too few or too many of each stratum.
 *
 * @param parts positions of rows; their lengths stay as they are.
 * @param lacking rows of each label that each part has too few of; kept up to date.
 */
export function exchangeRows(
  parts: readonly number[][],
  { codes }: RowLabels,
  lacking: readonly number[][],
  random: Random,
): void {
  /** How much the sum of squares changes when part `a` gives `x` for `y` of part `b`. */
  const change = (a: number, x: number, b: number, y: number): number => {
    let sum = 0;
    for (const code of codes) {
      if (code[x] === code[y]) continue;
      const [given, taken] = [lacking[code[x]!]!, lacking[code[y]!]!];
      sum += given[a]! - given[b]! + taken[b]! - taken[a]! + 2;
    }
    return 2 * sum;
  };
  for (let pass = 0; pass < PASSES; pass++) {
    for (const [a, part] of parts.entries()) {
      for (let looks = Math.min(part.length, MOST_ROWS); looks > 0; looks--) {
        const i = random.integer(part.length);
        if (!codes.some((code) => lacking[code[part[i]!]!]![a]! < -SURPLUS)) continue;
        let best: { readonly b: number; readonly j: number; readonly gain: number } | undefined;
        for (let tried = 0; tried < PARTNERS; tried++) {
          const b = (a + 1 + random.integer(parts.length - 1)) % parts.length;
          const j = random.integer(parts[b]!.length);
          const gain = -change(a, part[i]!, b, parts[b]![j]!);
          if (gain > (best?.gain ?? LEAST_GAIN)) best = { b, j, gain };
        }
        if (best) exchange(parts, { a, i, ...best }, codes, lacking);
      }
    }
  }
}

const SURPLUS = 0.5; // rows of a stratum more than its share: below this no other count is nearer
const LEAST_GAIN = 1e-6; // what rounding could feign

function exchange(
  parts: readonly number[][],
  { a, i, b, j }: { readonly a: number; readonly i: number; readonly b: number; readonly j: number },
  codes: readonly Int32Array[],
  lacking: readonly number[][],
): void {
  const [x, y] = [parts[a]![i]!, parts[b]![j]!];
  parts[a]![i] = y;
  parts[b]![j] = x;
  for (const code of codes) {
    const [given, taken] = [lacking[code[x]!]!, lacking[code[y]!]!];
    given[a]! += 1;
    given[b]! -= 1;
    taken[a]! -= 1;
    taken[b]! += 1;
  }
}
