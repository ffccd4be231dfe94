import { DataError } from "../base/errors.js";
import type { Random } from "../base/random.js";
import { meanOfFinite } from "./metrics/classification.js";
import { SILHOUETTE_ROWS, silhouettes } from "./metrics/silhouette.js";

/** What k-means works on. */
export interface KMeansOptions {
  /** Points `[rows, width]`, row-major. */
  readonly data: ArrayLike<number>;
  readonly rows: number;
  readonly width: number;
  readonly clusters: number;
  readonly random: Random;
  /** Independent starts, of which the best is kept; default 10. */
  readonly restarts?: number;
}

/** A partition of the rows. */
export interface KMeansResult {
  /** `[clusters, width]`, row-major. */
  readonly centroids: Float64Array;
  /** Cluster of each row. */
  readonly assignment: Int32Array;
  /** Sum of squared distances of the rows to their centroids. */
  readonly inertia: number;
}

const RESTARTS = 10; // starts after which k-means++ rarely finds better on tables
const CHOICE_RESTARTS = 3; // starts per number tried: numbers are told apart long before the best partition is found
const ROUNDS = 300; // Lloyd's rounds a start may take; it usually settles in a few dozen
const SETTLED = 1e-9; // relative drop of the inertia below which further rounds only move rounding errors

/**
 * Partitions rows into `clusters` groups of least squared distance to their means: k-means++ seeding, Lloyd's rounds.
 *
 * A cluster that loses its last row takes over the row farthest from its own centroid.
 *
 * @throws {DataError} if there are fewer rows than clusters.
 * @see Arthur & Vassilvitskii 2007, "k-means++: The Advantages of Careful Seeding"; Lloyd 1982, "Least Squares
 * Quantization in PCM".
 */
export function kMeans({
  data,
  rows,
  width,
  clusters,
  random,
  restarts = RESTARTS,
}: KMeansOptions): KMeansResult {
  if (rows < clusters) {
    throw new DataError({
      where: "clustering",
      subject: "number of rows",
      expected: `at least the number of clusters, ${clusters}`,
      got: String(rows),
      fix: "Ask for fewer clusters or give more rows.",
    });
  }
  const points: Points = { data: Float64Array.from(data), rows, width };
  let best: KMeansResult | undefined;
  for (let start = 0; start < Math.max(1, restarts); start++) {
    const result = lloyd(points, seedCentroids(points, clusters, random), clusters);
    if (!best || result.inertia < best.inertia) best = result;
  }
  return best!;
}

/** What the number of clusters is chosen from. */
export interface ChooseClustersOptions extends Omit<KMeansOptions, "clusters"> {
  /** Least and greatest number of clusters to try; 2 ≤ min ≤ max. */
  readonly min: number;
  readonly max: number;
}

/** The chosen number of clusters and what it was chosen from. */
export interface ChosenClusters {
  readonly clusters: number;
  /** Mean silhouette for each number tried, ascending by number. */
  readonly tried: readonly { readonly clusters: number; readonly silhouette: number }[];
}

/**
 * Chooses the number of clusters whose k-means partition has the highest mean silhouette; the smaller number of equals.
 *
 * Above 2000 rows a seeded sample of them is looked at; numbers that leave no row to compare are not tried.
 *
 * @throws {DataError} if there are fewer rows than `min`.
 * @see Rousseeuw 1987, "Silhouettes", section 4.
 */
export function chooseClusters({
  min,
  max,
  restarts = CHOICE_RESTARTS,
  ...options
}: ChooseClustersOptions): ChosenClusters {
  const { data, rows, width } = sampleRows(options, options.random);
  const tried: { clusters: number; silhouette: number }[] = [];
  for (let clusters = min; clusters <= Math.max(min, Math.min(max, rows - 1)); clusters++) {
    const { assignment } = kMeans({ ...options, data, rows, clusters, restarts });
    tried.push({ clusters, silhouette: meanOfFinite(silhouettes({ data, width, assignment })) });
  }
  const best = tried.reduce((found, entry) => (entry.silhouette > found.silhouette ? entry : found));
  return { clusters: best.clusters, tried };
}

function sampleRows(
  { data, rows, width }: Pick<KMeansOptions, "data" | "rows" | "width">,
  random: Random,
): Points {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  const chosen = rows > SILHOUETTE_ROWS ? random.shuffle(order).subarray(0, SILHOUETTE_ROWS) : order;
  const points = new Float64Array(chosen.length * width);
  chosen.forEach((row, i) => {
    for (let d = 0; d < width; d++) points[i * width + d] = data[row * width + d]!;
  });
  return { data: points, rows: chosen.length, width };
}

interface Points {
  readonly data: Float64Array;
  readonly rows: number;
  readonly width: number;
}

/**
 * Draws each further seed with probability proportional to its squared distance to the nearest seed; of several draws
 * the one that leaves the least sum of such distances is kept (the greedy form, section 5 of the paper).
 */
function seedCentroids({ data, rows, width }: Points, clusters: number, random: Random): Float64Array {
  const draws = 2 + Math.floor(Math.log(clusters));
  const centroids = new Float64Array(clusters * width);
  let nearest = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  for (let k = 0; k < clusters; k++) {
    let best: { row: number; nearest: Float64Array<ArrayBuffer>; sum: number } | undefined;
    for (let draw = 0; draw < (k === 0 ? 1 : draws); draw++) {
      const row = k === 0 ? random.integer(rows) : drawRow(nearest, random);
      const closer = nearest.map((old, i) =>
        Math.min(old, squaredDistance(data, i * width, data, row * width, width)),
      );
      const sum = closer.reduce((total, distance) => total + distance, 0);
      if (!best || sum < best.sum) best = { row, nearest: closer, sum };
    }
    const { row } = best!;
    nearest = best!.nearest;
    centroids.set(data.subarray(row * width, (row + 1) * width), k * width);
  }
  return centroids;
}

function drawRow(weights: Float64Array, random: Random): number {
  let total = 0;
  for (const weight of weights) total += weight;
  if (total === 0) return random.integer(weights.length);
  let left = random.uniform() * total;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    left -= weights[i]!;
    if (left < 0) break;
  }
  return last;
}

function lloyd(points: Points, centroids: Float64Array, clusters: number): KMeansResult {
  const assignment = new Int32Array(points.rows);
  const distances = new Float64Array(points.rows);
  let inertia = assign(points, centroids, clusters, assignment, distances);
  for (let round = 0; round < ROUNDS; round++) {
    moveCentroids(points, centroids, clusters, assignment, distances);
    const next = assign(points, centroids, clusters, assignment, distances);
    const settled = inertia - next <= SETTLED * inertia;
    inertia = next;
    if (settled) break;
  }
  return { centroids, assignment, inertia };
}

/** Sends every row to its nearest centroid; returns the inertia. */
function assign(
  { data, rows, width }: Points,
  centroids: Float64Array,
  clusters: number,
  assignment: Int32Array,
  distances: Float64Array,
): number {
  let inertia = 0;
  for (let i = 0; i < rows; i++) {
    let nearest = Number.POSITIVE_INFINITY;
    for (let k = 0; k < clusters; k++) {
      const distance = squaredDistance(data, i * width, centroids, k * width, width);
      if (distance >= nearest) continue;
      nearest = distance;
      assignment[i] = k;
    }
    distances[i] = nearest;
    inertia += nearest;
  }
  return inertia;
}

/** Moves every centroid to the mean of its rows, after empty clusters have taken the farthest rows. */
function moveCentroids(
  { data, rows, width }: Points,
  centroids: Float64Array,
  clusters: number,
  assignment: Int32Array,
  distances: Float64Array,
): void {
  const sizes = new Int32Array(clusters);
  for (const cluster of assignment) sizes[cluster]! += 1;
  for (let k = 0; k < clusters; k++) {
    if (sizes[k] === 0) fillCluster(k, sizes, assignment, distances);
  }
  centroids.fill(0);
  for (let i = 0; i < rows; i++) {
    const k = assignment[i]!;
    for (let d = 0; d < width; d++) centroids[k * width + d]! += data[i * width + d]! / sizes[k]!;
  }
}

function fillCluster(k: number, sizes: Int32Array, assignment: Int32Array, distances: Float64Array): void {
  let farthest = -1;
  for (let i = 0; i < assignment.length; i++) {
    if (sizes[assignment[i]!]! < 2) continue;
    if (farthest < 0 || distances[i]! > distances[farthest]!) farthest = i;
  }
  sizes[assignment[farthest]!]! -= 1;
  sizes[k] = 1;
  assignment[farthest] = k;
  distances[farthest] = 0;
}

function squaredDistance(a: Float64Array, from: number, b: Float64Array, to: number, width: number): number {
  let sum = 0;
  for (let d = 0; d < width; d++) {
    const difference = a[from + d]! - b[to + d]!;
    sum += difference * difference;
  }
  return sum;
}
