import {
  type Tensor,
  add,
  clip,
  constant,
  matmul,
  mul,
  reduceMean,
  reshape,
  scalar,
  square,
  sub,
} from "../graph/index.js";
import { isNumberColumn } from "../data/table.js";
import { describeTask } from "./descriptor.js";
import { maskedMean, single } from "./masked-mean.js";
import { mae, r2, rmse, squaredErrors } from "./metrics/regression.js";
import type { Prediction, RegressionCoding, TaskKind } from "./task-kind.js";
import { residualPoints } from "./transforms/smearing.js";
import { type TargetTransform, transformed, untransformedOf } from "./transforms/target-transform.js";

/**
 * Amounts: squared error on targets transformed and standardised with training rows, predictions in the target's own unit.
 *
 * The network estimates the mean of the transformed target. What maps back to the mean in the target's unit is not that
 * estimate but the mean over its residuals e: ŷ = mean of T⁻¹(ẑ + e), with residuals of held-out rows.
 *
 * Departures: residuals are compressed to 50 points, and each T⁻¹ is held between the transform's `low` and `high`.
 * @see Duan 1983, "Smearing Estimate: A Nonparametric Retransformation Method".
 */
export const regression: TaskKind<RegressionCoding> = {
  slug: "regression",
  description: "predicts an amount, with squared error on the standardised target",
  supervised: true,
  likelihood: "gaussian",
  outputWidth: () => 1,
  targetWidth: () => 1,

  truth(_coding, column) {
    if (isNumberColumn(column)) return Float64Array.from(column.numbers);
    return Float64Array.from(column.strings, (text) =>
      text === null || text.trim() === "" ? Number.NaN : Number(text),
    );
  },
  scale: standardised,

  loss({ output, target, mask }) {
    return maskedMean(square(sub(single(output), single(target))), mask);
  },

  average: (output) => reshape(reduceMean(output, [0]), [1, ...output.shape.slice(1)]),
  signal: (output) => output,
  signalWidth: () => 1,
  predict(output, coding) {
    if (coding.transform) return smeared(reduceMean(output, [0]), coding, coding.transform);
    const mean = reduceMean(output, [0, 2]); // [R]
    return add(mul(mean, scalar(coding.deviation, output.dtype)), scalar(coding.mean, output.dtype));
  },
  calibration(coding) {
    if (!coding.transform) return undefined;
    return (truth, prediction) => {
      const values = valuesOf(prediction);
      const labelled = [...truth.keys()].filter((row) => !Number.isNaN(truth[row]!));
      const residuals = labelled.map(
        (row) => standardised(coding, truth[row]!) - standardised(coding, values[row]!),
      );
      const points = residualPoints(Float64Array.from(residuals));
      return points.length === 0 ? coding : { ...coding, residuals: points };
    };
  },
  decode: (prediction) => ({ "": prediction }),
  toPrediction: (_coding, { data }) => ({ kind: "regression", values: Float64Array.from(data) }),

  metrics: [
    { name: "rmse", better: "lower", label: "RMSE" },
    { name: "mae", better: "lower", label: "MAE" },
    { name: "r2", better: "higher", label: "R²" },
  ],
  primary: "rmse",
  score(truth, prediction) {
    const values = valuesOf(prediction);
    return { rmse: rmse(truth, values), mae: mae(truth, values), r2: r2(truth, values) };
  },
  contributions(truth, prediction) {
    return { rows: squaredErrors(truth, valuesOf(prediction)), finish: Math.sqrt };
  },

  describe: (coding) => describeTask("regression", { labelled: coding.labelled }),
};

function standardised({ transform, mean, deviation }: RegressionCoding, y: number): number {
  return ((transform ? transformed(transform, y) : y) - mean) / deviation;
}

/** Standardised estimates `[R, 1]` to values in the target's unit `[R]`. */
function smeared(z: Tensor, coding: RegressionCoding, transform: TargetTransform): Tensor {
  const { mean, deviation, residuals = [0] } = coding;
  const row = (values: readonly number[]): Tensor => {
    const shape = [1, values.length];
    return z.dtype === "float64"
      ? constant({ dtype: "float64", shape, data: Float64Array.from(values) })
      : constant({ dtype: "float32", shape, data: Float32Array.from(values) });
  };
  const each = matmul(z, row(residuals.map(() => deviation))); // [R, K], faster than broadcasting along the last axis
  const shifted = add(each, row(residuals.map((e) => mean + deviation * e)));
  const held = clip(shifted, transformed(transform, transform.low), transformed(transform, transform.high));
  return reduceMean(untransformedOf(transform, held), [1]);
}

function valuesOf(prediction: Prediction): Float64Array {
  if (prediction.kind !== "regression")
    throw new TypeError(`a regression task cannot read a ${prediction.kind} prediction`);
  return prediction.values;
}
