import * as fc from "fast-check";
import { kmeans } from "ml-kmeans";
import { describe, expect, it } from "vitest";
import { DataError } from "../base/errors.js";
import { seededRandom, type Random } from "../base/random.js";
import { chooseClusters, kMeans } from "./k-means.js";

function blobs(
  centres: readonly (readonly number[])[],
  each: number,
  spread: number,
  random: Random,
): number[][] {
  return centres.flatMap((centre) =>
    Array.from({ length: each }, () => centre.map((value) => value + spread * random.normal())),
  );
}

const SQUARE = [
  [0, 0],
  [8, 0],
  [0, 8],
  [8, 8],
];

describe("kMeans", () => {
  it("finds well separated groups and their means", () => {
    const rows = blobs(SQUARE, 30, 0.5, seededRandom(1));
    const { assignment, centroids, inertia } = kMeans({
      data: rows.flat(),
      rows: rows.length,
      width: 2,
      clusters: 4,
      random: seededRandom(2),
    });
    for (let group = 0; group < 4; group++) {
      const members = assignment.slice(group * 30, (group + 1) * 30);
      expect(new Set(members).size).toBe(1);
      const mean = rows.slice(group * 30, (group + 1) * 30).reduce((sum, row) => sum + row[0]! / 30, 0);
      expect(centroids[members[0]! * 2]).toBeCloseTo(mean, 9);
    }
    expect(new Set(assignment).size).toBe(4);
    expect(inertia).toBeLessThan(120 * 2 * 0.5);
  });

  it("is as good as ml-kmeans with as many starts, and never worse than the middle one of its starts", () => {
    let ourTotal = 0;
    let theirTotal = 0;
    for (let seed = 0; seed < 20; seed++) {
      const random = seededRandom(seed, "data");
      const rows = blobs([...SQUARE, [4, 4], [12, 3]], 15, 2, random);
      const clusters = 3 + (seed % 5);
      const ours = kMeans({
        data: rows.flat(),
        rows: rows.length,
        width: 2,
        clusters,
        random: seededRandom(seed),
      });
      const distances = (centre: (row: number) => ArrayLike<number>): number =>
        rows.reduce(
          (sum, row, i) => sum + row.reduce((part, value, d) => part + (value - centre(i)[d]!) ** 2, 0),
          0,
        );
      const theirs = Array.from({ length: 10 }, (_, attempt) => {
        const result = kmeans(rows, clusters, { seed: attempt });
        return distances((i) => result.centroids[result.clusters[i]!]!);
      });
      const own = distances((i) => {
        const k = ours.assignment[i]!;
        return ours.centroids.subarray(2 * k, 2 * k + 2);
      });
      expect(ours.inertia).toBeCloseTo(own, 6);
      theirs.sort((a, b) => a - b);
      expect(ours.inertia).toBeLessThanOrEqual(theirs[5]! + 1e-9);
      ourTotal += ours.inertia;
      theirTotal += theirs[0]!;
    }
    expect(ourTotal / theirTotal).toBeLessThan(1.002);
  });

  it("sends every row to its nearest centroid and leaves no cluster empty where rows differ", () => {
    const point = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }));
    fc.assert(
      fc.property(
        fc.uniqueArray(point, { minLength: 6, maxLength: 40, selector: String }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer(),
        (points, clusters, seed) => {
          const { assignment, centroids } = kMeans({
            data: points.flat(),
            rows: points.length,
            width: 2,
            clusters,
            random: seededRandom(seed),
            restarts: 2,
          });
          expect(new Set(assignment).size).toBe(clusters);
          points.forEach(([x, y], i) => {
            const distance = (k: number): number =>
              (x - centroids[2 * k]!) ** 2 + (y - centroids[2 * k + 1]!) ** 2;
            for (let k = 0; k < clusters; k++)
              expect(distance(assignment[i]!)).toBeLessThanOrEqual(distance(k));
          });
        },
      ),
    );
  });

  it("copes with fewer distinct points than clusters and refuses fewer rows than clusters", () => {
    const equal = kMeans({ data: [1, 1, 1, 1], rows: 4, width: 1, clusters: 3, random: seededRandom(0) });
    expect(equal.inertia).toBe(0);
    expect([...equal.centroids]).toEqual([1, 1, 1]);
    expect(() => kMeans({ data: [1, 2], rows: 2, width: 1, clusters: 3, random: seededRandom(0) })).toThrow(
      DataError,
    );
  });

  it("gives the same partition for the same seed", () => {
    const rows = blobs(SQUARE, 20, 3, seededRandom(4));
    const run = () => kMeans({ data: rows.flat(), rows: 80, width: 2, clusters: 3, random: seededRandom(9) });
    expect(run()).toEqual(run());
  });
});

describe("chooseClusters", () => {
  it("finds the number of well separated groups", () => {
    for (const groups of [2, 3, 4]) {
      const rows = blobs(SQUARE.slice(0, groups), 25, 0.6, seededRandom(groups));
      const { clusters, tried } = chooseClusters({
        data: rows.flat(),
        rows: rows.length,
        width: 2,
        min: 2,
        max: 6,
        random: seededRandom(3),
      });
      expect(clusters).toBe(groups);
      expect(tried.map((entry) => entry.clusters)).toEqual([2, 3, 4, 5, 6]);
    }
  });

  it("looks at a sample of many rows", () => {
    const rows = blobs(SQUARE.slice(0, 3), 1500, 0.6, seededRandom(8));
    const chosen = chooseClusters({
      data: rows.flat(),
      rows: rows.length,
      width: 2,
      min: 2,
      max: 4,
      random: seededRandom(1),
      restarts: 3,
    });
    expect(chosen.clusters).toBe(3);
  });

  it("tries no number that leaves no row to compare", () => {
    const chosen = chooseClusters({
      data: [0, 1, 9, 10],
      rows: 4,
      width: 1,
      min: 2,
      max: 8,
      random: seededRandom(0),
    });
    expect(chosen.tried.map((entry) => entry.clusters)).toEqual([2, 3]);
    expect(chosen.clusters).toBe(2);
  });
});
