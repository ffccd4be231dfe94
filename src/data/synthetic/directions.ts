import type { Random } from "../../base/random.js";

/** Where a task's coefficients point: `sign` times an anchor, turned aside by `spread`. */
export interface Leaning {
  readonly anchor: number;
  readonly sign: 1 | -1;
  /** Tangent of the angle to the anchor: the cosine is 1/√(1 + spread²). */
  readonly spread: number;
}

/** Vectors of length 1 at right angles to each other and to those `given`, drawn at random. */
export function orthonormal(
  random: Random,
  count: number,
  width: number,
  given: readonly (readonly number[])[] = [],
): number[][] {
  const found: number[][] = [];
  while (found.length < count) {
    let vector = Array.from({ length: width }, () => random.normal());
    for (let pass = 0; pass < 2; pass++) {
      // A second pass takes away what rounding left of the first.
      for (const other of [...given, ...found]) {
        const along = dot(vector, other);
        vector = vector.map((x, i) => x - along * other[i]!);
      }
    }
    found.push(unit(vector));
  }
  return found;
}

/**
 * Coefficients `[F]` of one task after another: `sign·anchor + spread·aside`, scaled to length 1, where `aside` is drawn for
 * each task at right angles to all anchors.
 */
export function leaningDirections(
  random: Random,
  anchors: readonly (readonly number[])[],
  leanings: readonly Leaning[],
): number[][] {
  return leanings.map(({ anchor, sign, spread }, t) => {
    const center = anchors[anchor]!;
    if (spread === 0) return center.map((x) => sign * x);
    const [aside] = orthonormal(random.fork(`aside/${t}`), 1, center.length, anchors);
    return unit(center.map((x, i) => sign * x + spread * aside![i]!));
  });
}

/** Cosines of vectors of length 1, `[T, T]`. */
export const cosines = (directions: readonly (readonly number[])[]): number[][] =>
  directions.map((a) => directions.map((b) => dot(a, b)));

/** Sum of products. */
export function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The vector of length 1 in the same direction. */
export function unit(vector: readonly number[]): number[] {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((x) => x / length);
}
