import { describe, expect, it } from "vitest";
import type { Random } from "../base/random.js";
import type { Column } from "../data/table.js";
import { evaluate } from "../graph/index.js";
import { kindOf, TASK_KINDS } from "./index.js";
import { sharpen } from "./soft-assignment.js";
import {
  fixed,
  float64,
  lossGradients,
  lossOf,
  taskKindContract,
  type LossExample,
} from "./task-kind.contract.js";
import type { ClassCoding, ClusteringCoding, RegressionCoding } from "./task-kind.js";

const regressionCoding: RegressionCoding = { kind: "regression", mean: 40, deviation: 8, labelled: 90 };
const binaryCoding: ClassCoding = {
  kind: "binary",
  classes: ["no", "yes"],
  classType: "string",
  priors: [0.7, 0.3],
  labelled: 90,
};
const multiclassCoding: ClassCoding = {
  kind: "multiclass",
  classes: ["1", "2", "3", "4"],
  classType: "integer",
  priors: [0.4, 0.3, 0.2, 0.1],
  labelled: 90,
};
const clusteringCoding: ClusteringCoding = { kind: "clustering", clusters: 3, embedding: 2 };

const ROWS = 30;
const shares = (classes: number, random: Random): number[] => {
  const raw = Array.from({ length: classes }, () => random.uniform() + 0.05);
  const sum = raw.reduce((total, value) => total + value, 0);
  return raw.map((value) => value / sum);
};
const truths = (draw: () => number, random: Random): Float64Array =>
  Float64Array.from({ length: ROWS }, (_, i) => (i > 3 && random.uniform() < 0.3 ? Number.NaN : draw()));
const probabilities = (classes: number, random: Random): Float64Array =>
  Float64Array.from(Array.from({ length: ROWS }, () => shares(classes, random)).flat());

taskKindContract({
  kind: TASK_KINDS.regression,
  coding: regressionCoding,
  target: (random) => [random.normal()],
  scored: (random) => ({
    truth: truths(() => random.normal(), random),
    prediction: { kind: "regression", values: Float64Array.from({ length: ROWS }, () => random.normal()) },
  }),
});

taskKindContract({
  kind: TASK_KINDS.binary,
  coding: binaryCoding,
  target: (random) => [random.integer(2)],
  scored: (random) => ({
    truth: truths(() => random.integer(2), random),
    prediction: { kind: "binary", probabilities: probabilities(2, random), classes: 2 },
  }),
});

taskKindContract({
  kind: TASK_KINDS.multiclass,
  coding: multiclassCoding,
  target: (random) => [random.integer(4)],
  scored: (random) => ({
    truth: truths(() => random.integer(4), random),
    prediction: { kind: "multiclass", probabilities: probabilities(4, random), classes: 4 },
  }),
});

taskKindContract({
  kind: TASK_KINDS.clustering,
  coding: clusteringCoding,
  target: (random) => shares(3, random),
  scored: (random) => ({
    truth: truths(() => random.integer(3), random),
    prediction: { kind: "clustering", probabilities: probabilities(3, random), classes: 3 },
    context: { encoded: { data: Float32Array.from({ length: ROWS * 2 }, () => random.normal()), width: 2 } },
  }),
});

/** One member, one task, one column of outputs per row. */
function single(output: number[][], target: number[][], mask = output.map(() => 1)): LossExample {
  return {
    output: float64([1, output.length, 1, output[0]!.length], output.flat()),
    target: float64([output.length, 1, target[0]!.length], target.flat()),
    mask: float64([output.length, 1], mask),
    encoded: float64(
      [output.length, 1],
      output.map(() => 0),
    ),
    parameters: {},
  };
}

const numbers = (
  name: string,
  values: number[],
  type: "numeric" | "ordinal" | "boolean" = "numeric",
): Column => ({
  name,
  type,
  numbers: Float64Array.from(values),
});

describe("regression", () => {
  it("is the mean squared error over labelled rows", () => {
    const example = single([[1], [2], [50]], [[0], [4], [0]], [1, 1, 0]);
    expect(lossOf(TASK_KINDS.regression, example)).toEqual([2.5]);
  });

  it("predicts the members' mean in the target's own unit", () => {
    const prediction = TASK_KINDS.regression.predict(fixed([2, 2, 1], [1, 0, 2, -1]), regressionCoding, {});
    expect(Array.from(evaluate({ prediction }, {})["prediction"]!.data as Float64Array)).toEqual([52, 36]);
  });

  it("averages members on the scale they were trained on, then maps back over the residuals", () => {
    const transform = { kind: "log", shift: 1, low: 0, high: 1e6 } as const;
    const coding: RegressionCoding = { ...regressionCoding, transform, mean: 2, deviation: 0.5 };
    const output = fixed([2, 2, 1], [1, 0, 2, -1]); // rows 1.5 and -0.5
    const predicted = (residuals?: readonly number[]): number[] => {
      const prediction = TASK_KINDS.regression.predict(
        output,
        { ...coding, ...(residuals && { residuals }) },
        {},
      );
      return Array.from(evaluate({ prediction }, {})["prediction"]!.data as Float64Array);
    };
    const at = (z: number): number => Math.exp(2 + 0.5 * z) - 1;
    expect(predicted()).toEqual([at(1.5), at(-0.5)].map((y) => expect.closeTo(y, 9)));
    expect(predicted([-1, 0, 1])).toEqual(
      [1.5, -0.5].map((z) => expect.closeTo((at(z - 1) + at(z) + at(z + 1)) / 3, 9)),
    );
  });

  it("holds predictions between the ends of a transform, however far a network strays", () => {
    const transform = { kind: "yeo-johnson", lambda: 0, unit: 2, low: 0, high: 90 } as const;
    const coding: RegressionCoding = {
      ...regressionCoding,
      transform,
      mean: 2,
      deviation: 1,
      residuals: [-1, 1],
    };
    const prediction = TASK_KINDS.regression.predict(fixed([1, 2, 1], [1e6, -1e6]), coding, {});
    const [high, low] = evaluate({ prediction }, {})["prediction"]!.data as Float64Array;
    expect(high).toBeCloseTo(90, 9);
    expect(low).toBeCloseTo(0, 9);
  });

  it("takes residuals from labelled rows in deviations, and none from fewer than ten", () => {
    const transform = { kind: "log", shift: 0, low: 1e-9, high: 1e9 } as const;
    const coding: RegressionCoding = { ...regressionCoding, transform, mean: 1, deviation: 2 };
    const values = Float64Array.from({ length: 24 }, () => 5);
    const truth = Float64Array.from(values, (value, i) => (i < 12 ? value * Math.exp(i - 5.5) : Number.NaN));
    const calibrate = TASK_KINDS.regression.calibration!(coding)!;
    const { residuals } = calibrate(truth, { kind: "regression", values });
    expect(residuals).toEqual(Array.from({ length: 12 }, (_, i) => expect.closeTo((i - 5.5) / 2, 9)));
    expect(calibrate(truth.subarray(0, 9), { kind: "regression", values: values.subarray(0, 9) })).toEqual(
      coding,
    );
    expect(TASK_KINDS.regression.calibration!(regressionCoding)).toBeUndefined();
  });

  it("undoes the standardisation that scale applies, and keeps missing labels missing", () => {
    const truth = TASK_KINDS.regression.truth(regressionCoding, numbers("y", [48, Number.NaN]));
    expect([...truth]).toEqual([48, Number.NaN]);
    expect(TASK_KINDS.regression.scale(regressionCoding, 48)).toBe(1);
  });
});

describe("binary", () => {
  it("is the logistic cross-entropy, finite and exact for far logits", () => {
    const lossAt = (logit: number, y: number): number =>
      lossOf(TASK_KINDS.binary, single([[logit]], [[y]]))[0]!;
    expect(lossAt(0.3, 1)).toBeCloseTo(-Math.log(1 / (1 + Math.exp(-0.3))), 14);
    expect(lossAt(0.3, 0)).toBeCloseTo(-Math.log(1 - 1 / (1 + Math.exp(-0.3))), 14);
    expect(lossAt(1000, 0)).toBe(1000);
    expect(lossAt(1000, 1)).toBe(0);
    expect(lossAt(-1000, 1)).toBe(1000);
    expect(lossGradients(TASK_KINDS.binary, single([[-1000]], [[1]]))["output"]).toEqual([-1]);
  });

  it("decodes to the labels as they were written", () => {
    const prediction = fixed([3, 2], [0.9, 0.1, 0.2, 0.8, 0.5, 0.5]);
    const labels = (coding: ClassCoding) =>
      evaluate({ label: TASK_KINDS.binary.decode(prediction, coding)[""]! }, {})["label"]!;
    expect(labels(binaryCoding)).toEqual({ dtype: "string", shape: [3], data: ["no", "yes", "no"] });
    const integers = labels({ ...binaryCoding, classes: ["3", "7"], classType: "integer" });
    expect([integers.dtype, [...(integers.data as BigInt64Array)]]).toEqual(["int64", [3n, 7n, 3n]]);
    const booleans = labels({ ...binaryCoding, classes: ["false", "true"], classType: "boolean" });
    expect([booleans.dtype, [...(booleans.data as Uint8Array)]]).toEqual(["bool", [0, 1, 0]]);
    const fractions = labels({ ...binaryCoding, classes: ["0.5", "1"], classType: "number" });
    expect([...(fractions.data as Float64Array)]).toEqual([0.5, 1, 0.5]);
  });

  it("codes a column by its labels, unknown and missing ones as NaN", () => {
    const column: Column = { name: "y", type: "category", strings: ["yes", null, "no", "perhaps"] };
    expect([...TASK_KINDS.binary.truth(binaryCoding, column)]).toEqual([1, Number.NaN, 0, Number.NaN]);
    const booleans: ClassCoding = { ...binaryCoding, classes: ["false", "true"], classType: "boolean" };
    expect([...TASK_KINDS.binary.truth(booleans, numbers("y", [1, 0], "boolean"))]).toEqual([1, 0]);
  });
});

describe("multiclass", () => {
  it("is the softmax cross-entropy, finite for far logits", () => {
    const lossAt = (logits: number[], y: number): number =>
      lossOf(TASK_KINDS.multiclass, single([logits], [[y]]))[0]!;
    const sum = Math.exp(1) + Math.exp(2) + Math.exp(-1);
    expect(lossAt([1, 2, -1], 1)).toBeCloseTo(-Math.log(Math.exp(2) / sum), 14);
    expect(lossAt([1000, 0, 0], 0)).toBe(0);
    expect(lossAt([1000, 0, 0], 2)).toBe(1000);
  });

  it("averages probabilities over members, not logits", () => {
    const prediction = TASK_KINDS.multiclass.predict(fixed([2, 1, 2], [100, 0, 0, 0]), multiclassCoding, {});
    expect(Array.from(evaluate({ prediction }, {})["prediction"]!.data as Float64Array)).toEqual([
      0.75, 0.25,
    ]);
  });

  it("codes whole numbers by their class", () => {
    expect([...TASK_KINDS.multiclass.truth(multiclassCoding, numbers("y", [4, 1, 9], "ordinal"))]).toEqual([
      3,
      0,
      Number.NaN,
    ]);
  });
});

describe("clustering", () => {
  const z = [
    [0, 0],
    [2, 0],
    [0, 3],
  ];
  const centroids = [0, 1, 2, 1];
  const example = (target: number[][], mask: number[]): LossExample => ({
    output: float64([1, 3, 1, 2], z.flat()),
    target: float64([3, 1, 2], target.flat()),
    mask: float64([3, 1], mask),
    encoded: float64([3, 1], [1, 0, 2]),
    parameters: {
      centroids: float64([1, 1, 2, 2], centroids),
      decoder: float64([1, 1, 2, 1], [0.5, 1]),
      "decoder-bias": float64([1, 1, 1], [0.25]),
    },
  });
  const reconstruction = ((0.25 - 1) ** 2 + 1.25 ** 2 + (3.25 - 2) ** 2) / 3;
  const q = z.map(([x, y]) => {
    const kernels = [0, 1].map(
      (k) => 1 / (1 + (x! - centroids[2 * k]!) ** 2 + (y! - centroids[2 * k + 1]!) ** 2),
    );
    return kernels.map((value) => value / (kernels[0]! + kernels[1]!));
  });
  const divergence = (p: number[], share: number[]): number =>
    p.reduce((sum, value, k) => (value > 0 ? sum + value * Math.log(value / share[k]!) : sum), 0);

  it("is the reconstruction alone before clustering starts", () => {
    const start = example(
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      [0, 0, 0],
    );
    expect(lossOf(TASK_KINDS.clustering, start)[0]).toBeCloseTo(reconstruction, 13);
    expect(lossGradients(TASK_KINDS.clustering, start)["centroids"]!.every((value) => value === 0)).toBe(
      true,
    );
  });

  it("is reconstruction, divergence of each row and divergence of the mean, weighted 1, 0.1 and 0.1", () => {
    const p = [
      [1, 0],
      [0.25, 0.75],
      [0, 0],
    ];
    const rows = (divergence(p[0]!, q[0]!) + divergence(p[1]!, q[1]!)) / 2;
    const mean = (values: number[][]): number[] => [0, 1].map((k) => (values[0]![k]! + values[1]![k]!) / 2);
    const expected = reconstruction + 0.1 * rows + 0.1 * divergence(mean(p), mean(q));
    expect(lossOf(TASK_KINDS.clustering, example(p, [1, 1, 0]))[0]).toBeCloseTo(expected, 12);
  });

  it("has nothing to gain where assignments equal their targets", () => {
    expect(lossOf(TASK_KINDS.clustering, example(q, [1, 1, 1]))[0]).toBeCloseTo(reconstruction, 12);
    for (const value of lossGradients(TASK_KINDS.clustering, example(q, [1, 1, 1]))["centroids"]!) {
      expect(value).toBeCloseTo(0, 12);
    }
  });

  it("predicts the soft assignment and decodes the nearest cluster's number", () => {
    const parameters = { centroids: fixed([1, 2, 2], centroids) };
    const prediction = TASK_KINDS.clustering.predict(
      fixed([1, 3, 2], z.flat()),
      clusteringCoding,
      parameters,
    );
    const { value, cluster } = evaluate(
      { value: prediction, cluster: TASK_KINDS.clustering.decode(prediction, clusteringCoding)[""]! },
      {},
    );
    q.flat().forEach((share, i) => expect((value!.data as Float64Array)[i]).toBeCloseTo(share, 13));
    expect([...(cluster!.data as BigInt64Array)]).toEqual([0n, 1n, 0n]);
  });

  it("codes a reference column by its groups and reports no agreement without one", () => {
    const column: Column = { name: "species", type: "category", strings: ["b", null, "a", "b"] };
    expect([...TASK_KINDS.clustering.truth(clusteringCoding, column)]).toEqual([1, Number.NaN, 0, 1]);
    const prediction = {
      kind: "clustering",
      probabilities: Float64Array.from(q.flat()),
      classes: 2,
    } as const;
    const scores = TASK_KINDS.clustering.score(new Float64Array(3).fill(Number.NaN), prediction);
    expect(scores).toEqual({ silhouette: Number.NaN, nmi: Number.NaN, "adjusted-rand": Number.NaN });
  });
});

describe("sharpen", () => {
  it("squares the assignments and divides by the frequency of the cluster", () => {
    const p = sharpen(Float64Array.from([0.8, 0.2, 0.4, 0.6]), 2, 2);
    const [a, b] = [0.64 / 1.2, 0.04 / 0.8];
    expect(p[0]).toBeCloseTo(a / (a + b), 14);
    expect(p[0]! + p[1]!).toBeCloseTo(1, 14);
    expect(p[2]! + p[3]!).toBeCloseTo(1, 14);
    expect(p[0]).toBeGreaterThan(0.8);
  });

  it("leaves sure and even assignments as they are, and copes with an empty cluster", () => {
    expect([...sharpen(Float64Array.from([1, 0, 0, 1]), 2, 2)]).toEqual([1, 0, 0, 1]);
    expect([...sharpen(Float64Array.from([0.5, 0.5]), 1, 2)]).toEqual([0.5, 0.5]);
    expect([...sharpen(Float64Array.from([1, 0, 1, 0]), 2, 2)]).toEqual([1, 0, 1, 0]);
  });
});

describe("kindOf", () => {
  it("finds the kind of every coding", () => {
    for (const coding of [regressionCoding, binaryCoding, multiclassCoding, clusteringCoding]) {
      expect(kindOf(coding).slug).toBe(coding.kind);
    }
  });
});
