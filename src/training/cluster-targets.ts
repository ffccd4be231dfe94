import { NumericError } from "../base/errors.js";
import type { Random } from "../base/random.js";
import type { TaskGroup } from "../model/groups.js";
import { type Layout, parameterView } from "../model/layout.js";
import type { ModelSpec } from "../model/spec.js";
import { kMeans } from "../tasks/k-means.js";
import { sharpen } from "../tasks/soft-assignment.js";
import type { ClusteringCoding } from "../tasks/task-kind.js";
import type { LabelTables } from "./training-data.js";

/** One clustering task inside a model. */
export interface ClusterTask {
  readonly name: string;
  readonly group: TaskGroup;
  /** Its position in the group. */
  readonly position: number;
  readonly coding: ClusteringCoding;
}

/** The clustering tasks of a model. */
export function clusterTasks(spec: ModelSpec, groups: readonly TaskGroup[]): ClusterTask[] {
  return groups.flatMap((group) =>
    group.tasks.flatMap((t, position) => {
      const { name, coding } = spec.tasks[t]!;
      return coding.kind === "clustering" ? [{ name, group, position, coding }] : [];
    }),
  );
}

/**
 * Starts a clustering task: k-means++ on the embeddings of the training rows, all members' embeddings side by side, so that
 * members agree on what cluster k is; each member's centroids are then the means of its own embeddings.
 *
 * @param output embeddings `[M, N, G, Z]` of the training rows.
 * @param parameters the flat vector; the task's centroids are overwritten.
 * @see Xie, Girshick & Farhadi 2016, sec. 3.3 (initialisation by k-means on the pretrained embedding).
 */
export function startClusters(
  spec: ModelSpec,
  { name, group, position, coding }: ClusterTask,
  output: Float32Array,
  rows: number,
  parameters: { layout: Layout; flat: Float32Array },
  random: Random,
): void {
  const [M, G, Z, K] = [spec.members, group.tasks.length, coding.embedding, coding.clusters];
  const embedding = (m: number, row: number): Float32Array => {
    const start = ((m * rows + row) * G + position) * Z;
    return output.subarray(start, start + Z);
  };
  const joined = new Float32Array(rows * M * Z);
  for (let row = 0; row < rows; row++)
    for (let m = 0; m < M; m++) joined.set(embedding(m, row), (row * M + m) * Z);
  if (!joined.every(Number.isFinite)) {
    throw new NumericError({
      where: `task ${name}`,
      subject: "the embedding",
      problem: "is not finite",
      fix: "Lower --learning-rate.",
    });
  }
  const { assignment } = kMeans({ data: joined, rows, width: M * Z, clusters: K, random, restarts: 10 });

  const centroids = parameterView(parameters.layout, parameters.flat, `heads.${group.name}.centroids`); // [M, G, K, Z]
  for (let m = 0; m < M; m++) {
    const sums = new Float64Array(K * Z);
    const counts = new Float64Array(K);
    for (let row = 0; row < rows; row++) {
      const k = assignment[row]!;
      counts[k]! += 1;
      embedding(m, row).forEach((value, z) => (sums[k * Z + z]! += value));
    }
    const start = (m * G + position) * K * Z;
    for (let i = 0; i < K * Z; i++) centroids[start + i] = sums[i]! / Math.max(1, counts[Math.floor(i / Z)]!);
  }
}

/**
 * Writes the sharpened targets of a clustering task into the label tables and switches its mask on.
 *
 * @param q soft assignments `[rows, K]` of `rows`.
 * @returns each row's cluster, to see how many rows changed theirs.
 */
export function writeTargets(
  spec: ModelSpec,
  { group, position }: ClusterTask,
  q: Float32Array,
  rows: Int32Array,
  tables: LabelTables,
): Int32Array {
  const K = group.targetWidth;
  const p = sharpen(Float64Array.from(q), rows.length, K);
  const assignment = new Int32Array(rows.length);
  rows.forEach((row, i) => {
    const start = row * tables.targetWidth + group.targetOffset + position * K;
    let best = 0;
    for (let k = 0; k < K; k++) {
      tables.targets[start + k] = p[i * K + k]!;
      if (q[i * K + k]! > q[i * K + best]!) best = k;
    }
    assignment[i] = best;
    tables.mask[row * spec.tasks.length + group.maskOffset + position] = 1;
  });
  return assignment;
}
