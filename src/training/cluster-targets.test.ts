import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NumericError } from "../base/errors.js";
import { seededRandom } from "../base/random.js";
import { taskGroups } from "../model/groups.js";
import { modelLayout, parameterCount, parameterView } from "../model/layout.js";
import type { ModelSpec } from "../model/spec.js";
import { clusterTasks, startClusters, writeTargets } from "./cluster-targets.js";
import { PLAIN } from "../../test/fixtures/plain-model.js";

const [M, G, Z, K] = [2, 2, 2, 3];
const spec: ModelSpec = {
  inputs: 3,
  tasks: [
    { name: "a", coding: { kind: "regression", mean: 0, deviation: 1, labelled: 5 } },
    { name: "s", coding: { kind: "clustering", clusters: K, embedding: Z } },
    { name: "t", coding: { kind: "clustering", clusters: K, embedding: Z } },
  ],
  links: [],
  trunk: [4],
  ...PLAIN,
  members: M,
};
const layout = modelLayout(spec);
const clusters = clusterTasks(spec, taskGroups(spec));
const second = clusters.find(({ name }) => name === "t")!;
const CENTRES = [
  [-10, 0],
  [10, 0],
  [0, 10],
] as const;
const ROWS = 60;

/** Embeddings `[M, N, G, Z]` of three blobs around `CENTRES`; the second member sees them turned around, row k in blob k mod 3. */
function embeddings(): Float32Array {
  const random = seededRandom(3, "blobs");
  const out = new Float32Array(M * ROWS * G * Z);
  for (let m = 0; m < M; m++) {
    for (let row = 0; row < ROWS; row++) {
      const centre = CENTRES[row % 3]!;
      for (let g = 0; g < G; g++) {
        for (let z = 0; z < Z; z++)
          out[((m * ROWS + row) * G + g) * Z + z] = (m === 0 ? 1 : -1) * centre[z]! + 0.1 * random.normal();
      }
    }
  }
  return out;
}

describe("clustering tasks of a model", () => {
  it("are found with their place among the groups", () => {
    expect(clusters.map(({ name, position, group }) => [name, position, group.name])).toEqual([
      ["s", 0, "clustering-2to3"],
      ["t", 1, "clustering-2to3"],
    ]);
  });

  it("start at the centres of separate blobs, with every member agreeing on which cluster is which", () => {
    const flat = new Float32Array(parameterCount(layout)).fill(7);
    startClusters(spec, second, embeddings(), ROWS, { layout, flat }, seededRandom(1));
    const centroids = parameterView(layout, flat, "heads.clustering-2to3.centroids"); // [M, G, K, Z]
    const at = (m: number, g: number, k: number): number[] => [
      ...centroids.subarray(((m * G + g) * K + k) * Z, ((m * G + g) * K + k + 1) * Z),
    ];
    const found = [0, 1, 2].map((k) => at(0, 1, k));
    for (const centre of CENTRES) {
      const k = found.findIndex((one) => Math.hypot(one[0]! - centre[0], one[1]! - centre[1]) < 0.2);
      expect(k).toBeGreaterThanOrEqual(0);
      at(1, 1, k).forEach((value, z) => expect(Math.abs(value + centre[z]!)).toBeLessThan(0.2));
    }
    for (let m = 0; m < M; m++) for (let k = 0; k < K; k++) expect(at(m, 0, k)).toEqual([7, 7]); // the other task is left alone
    const untouched = flat.length - M * K * Z;
    expect(flat.filter((value) => value === 7)).toHaveLength(untouched);
  });

  it("refuse an embedding that is not finite, naming the task", () => {
    const broken = embeddings();
    broken[broken.length - 1] = Number.NaN;
    const start = (): void =>
      startClusters(
        spec,
        second,
        broken,
        ROWS,
        { layout, flat: new Float32Array(parameterCount(layout)) },
        seededRandom(1),
      );
    expect(start).toThrow(NumericError);
    expect(start).toThrow(/task t: the embedding is not finite/);
  });
});

describe("targets of a clustering", () => {
  const share = fc.tuple(
    fc.double({ min: 0.01, max: 1, noNaN: true }),
    fc.double({ min: 0.01, max: 1, noNaN: true }),
    fc.double({ min: 0.01, max: 1, noNaN: true }),
  );

  it("sum to 1 in every row asked for, keep the most probable cluster's row number and touch nothing else", () => {
    fc.assert(
      fc.property(fc.array(share, { minLength: 1, maxLength: 8 }), (shares) => {
        const rows = Int32Array.from(shares, (_, i) => 2 * i + 1);
        const total = 2 * shares.length + 1;
        const targetWidth = 1 + G * K;
        const tables = {
          targets: new Float32Array(total * targetWidth),
          targetWidth,
          mask: new Float32Array(total * spec.tasks.length),
        };
        const q = Float32Array.from(shares.flatMap((row) => row.map((x) => x / (row[0] + row[1] + row[2]))));
        const assignment = writeTargets(spec, second, q, rows, tables);
        for (let row = 0; row < total; row++) {
          const written = [...tables.targets.subarray(row * targetWidth, (row + 1) * targetWidth)];
          const sum = written.slice(1 + K).reduce((a, b) => a + b, 0);
          const asked = row % 2 === 1;
          expect(sum).toBeCloseTo(asked ? 1 : 0, 5);
          expect(written.slice(0, 1 + K).every((x) => x === 0)).toBe(true);
          expect([...tables.mask.subarray(row * 3, row * 3 + 3)]).toEqual([0, 0, asked ? 1 : 0]);
        }
        shares.forEach((row, i) =>
          expect(assignment[i]).toBe(
            row.map((_, k) => q[i * K + k]!).indexOf(Math.max(...q.subarray(i * K, i * K + K))),
          ),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("are the squared assignments over the clusters' sizes", () => {
    const targetWidth = 1 + G * K;
    const tables = { targets: new Float32Array(2 * targetWidth), targetWidth, mask: new Float32Array(6) };
    const q = [0.6, 0.3, 0.1, 0.2, 0.2, 0.6];
    writeTargets(spec, second, Float32Array.from(q), Int32Array.of(0, 1), tables);
    const raw = [0.36 / 0.8, 0.09 / 0.5, 0.01 / 0.7];
    const sum = raw.reduce((a, b) => a + b, 0);
    raw.forEach((value, k) => expect(tables.targets[1 + K + k]).toBeCloseTo(value / sum, 5));
  });
});
