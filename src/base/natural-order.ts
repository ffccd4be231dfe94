/**
 * Compares names as people order them: runs of digits by their number, everything else by code units, so that `b2` comes
 * before `b10`. Numbers come in the order of their values, signs and fractions included.
 *
 * @returns below 0 where `a` comes first, above 0 where `b` does; 0 for equal names only.
 */
export function naturalOrder(a: string, b: string): number {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined && x !== y) return x - y;
  if ((x === undefined) !== (y === undefined)) return x === undefined ? 1 : -1; // numbers before words
  const [first, second] = [chunksOf(a), chunksOf(b)];
  for (let i = 0; i < Math.min(first.length, second.length); i++) {
    const found = compareChunks(first[i]!, second[i]!);
    if (found !== 0) return found;
  }
  return first.length - second.length || byUnits(a, b);
}

function numberOf(text: string): number | undefined {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

const chunksOf = (text: string): string[] => text.match(/\d+|\D+/g) ?? [];

function compareChunks(a: string, b: string): number {
  const digits = /^\d/;
  return digits.test(a) && digits.test(b) ? Number(a) - Number(b) : byUnits(a, b);
}

const byUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
