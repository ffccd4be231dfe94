import { seededRandom } from "../../base/random.js";

/** Above this many rows the silhouette is taken on a sample: distances grow with the square of the rows. */
export const SILHOUETTE_ROWS = 2000;

/** Points `[rows, width]` row-major and the cluster of each row. */
export interface SilhouetteInput {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly assignment: ArrayLike<number>;
}

/**
 * Silhouette of each row, `[rows]`: (b − a) / max(a, b) with a the mean Euclidean distance to the row's own cluster and
 * b the least mean distance to another; 0 for a row alone in its cluster.
 *
 * Above `SILHOUETTE_ROWS` rows it is computed among a sample that depends on the number of rows alone, so that two
 * models are judged on the same rows; rows outside are NaN. All NaN for one cluster, or as many clusters as rows.
 *
 * @see Rousseeuw 1987, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis".
 */
export function silhouettes({ data, width, assignment }: SilhouetteInput): Float64Array {
  const result = new Float64Array(assignment.length).fill(Number.NaN);
  const rows = sampledRows(assignment.length);
  const { labels, sizes } = relabel(rows, assignment);
  const clusters = sizes.length;
  if (clusters < 2 || clusters >= rows.length) return result;

  const sums = distanceSums(data, width, rows, labels, clusters);
  for (let i = 0; i < rows.length; i++) {
    result[rows[i]!] = silhouetteOf(sums.subarray(i * clusters, (i + 1) * clusters), sizes, labels[i]!);
  }
  return result;
}

function silhouetteOf(sums: Float64Array, sizes: readonly number[], own: number): number {
  if (sizes[own]! < 2) return 0;
  const within = sums[own]! / (sizes[own]! - 1);
  let nearest = Number.POSITIVE_INFINITY;
  for (let k = 0; k < sizes.length; k++) {
    if (k !== own) nearest = Math.min(nearest, sums[k]! / sizes[k]!);
  }
  const larger = Math.max(within, nearest);
  return larger > 0 ? (nearest - within) / larger : 0;
}

/** Sums of distances from each chosen row to the rows of each cluster: `[rows, clusters]`. */
function distanceSums(
  data: ArrayLike<number>,
  width: number,
  rows: Uint32Array,
  labels: Int32Array,
  clusters: number,
): Float64Array {
  const n = rows.length;
  const points = new Float64Array(n * width);
  for (let i = 0; i < n; i++) {
    for (let d = 0; d < width; d++) points[i * width + d] = data[rows[i]! * width + d]!;
  }
  const sums = new Float64Array(n * clusters);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      let squared = 0;
      for (let d = 0; d < width; d++) {
        const difference = points[i * width + d]! - points[j * width + d]!;
        squared += difference * difference;
      }
      const distance = Math.sqrt(squared);
      sums[i * clusters + labels[j]!]! += distance;
      sums[j * clusters + labels[i]!]! += distance;
    }
  }
  return sums;
}

function sampledRows(rows: number): Uint32Array {
  const all = Uint32Array.from({ length: rows }, (_, i) => i);
  if (rows <= SILHOUETTE_ROWS) return all;
  return seededRandom(rows, "silhouette").shuffle(all).slice(0, SILHOUETTE_ROWS).sort();
}

/** Clusters that occur among `rows`, renumbered 0, 1, … in order of appearance. */
function relabel(rows: Uint32Array, assignment: ArrayLike<number>): { labels: Int32Array; sizes: number[] } {
  const numbers = new Map<number, number>();
  const sizes: number[] = [];
  const labels = Int32Array.from(rows, (row) => {
    const cluster = assignment[row]!;
    const label = numbers.get(cluster) ?? numbers.size;
    numbers.set(cluster, label);
    sizes[label] = (sizes[label] ?? 0) + 1;
    return label;
  });
  return { labels, sizes };
}
