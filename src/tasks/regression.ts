import { add, mul, reduceMean, scalar, square, sub } from "../graph/index.js";
import { isNumberColumn } from "../data/table.js";
import { describeTask } from "./descriptor.js";
import { maskedMean, single } from "./masked-mean.js";
import { mae, r2, rmse, squaredErrors } from "./metrics/regression.js";
import type { Prediction, RegressionCoding, TaskKind } from "./task-kind.js";

/** Amounts: squared error on targets standardised with training rows, predictions in the target's own unit. */
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
  scale: (coding, truth) => (truth - coding.mean) / coding.deviation,

  loss({ output, target, mask }) {
    return maskedMean(square(sub(single(output), single(target))), mask);
  },

  signal: (output) => output,
  signalWidth: () => 1,
  predict(output, coding) {
    const standardised = reduceMean(output, [0, 2]); // [R]
    return add(mul(standardised, scalar(coding.deviation, output.dtype)), scalar(coding.mean, output.dtype));
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

function valuesOf(prediction: Prediction): Float64Array {
  if (prediction.kind !== "regression")
    throw new TypeError(`a regression task cannot read a ${prediction.kind} prediction`);
  return prediction.values;
}
