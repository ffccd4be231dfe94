import { argMax, constant, gather, log, maximum, scalar } from "../graph/index.js";
import type { Tensor, TensorValue } from "../graph/tensor.js";
import { describeTask } from "./descriptor.js";
import { labelOf } from "./labels.js";
import {
  accuracy,
  balancedAccuracy,
  confusion,
  logLosses,
  macroF1,
  meanOfFinite,
  type Probabilities,
} from "./metrics/classification.js";
import { rocAuc } from "./metrics/roc-auc.js";
import type { ClassCoding, MetricInfo, Prediction, TaskKind } from "./task-kind.js";

const METRICS: readonly MetricInfo[] = [
  { name: "log-loss", better: "lower", label: "log loss" },
  { name: "accuracy", better: "higher", label: "accuracy" },
  { name: "balanced-accuracy", better: "higher", label: "balanced accuracy" },
  { name: "macro-f1", better: "higher", label: "macro F1" },
  { name: "roc-auc", better: "higher", label: "ROC AUC" },
];

const SMALLEST_SHARE = 1e-30; // keeps the log finite where every member's share rounds to 0

/** Natural logarithm of shares between 0 and 1, held at 1e-30. */
export const logShare = (share: Tensor): Tensor => log(maximum(share, scalar(SMALLEST_SHARE, share.dtype)));

/** What binary and multiclass share: coding by class index, decoding to labels, metrics on probabilities. */
export const CLASS_KIND = {
  supervised: true,
  likelihood: "categorical",
  targetWidth: () => 1,

  truth(coding, column) {
    const index = new Map(coding.classes.map((label, k) => [label, k]));
    const rows = "numbers" in column ? column.numbers.length : column.strings.length;
    return Float64Array.from({ length: rows }, (_, row) => {
      const label = labelOf(column, row, coding.classType);
      return (label === undefined ? undefined : index.get(label)) ?? Number.NaN;
    });
  },
  scale: (_coding, truth) => truth,

  decode(prediction, coding) {
    return { "": gather(classLabels(coding), argMax(prediction, 1), 0), probabilities: prediction };
  },
  toPrediction: (coding, { data }) => ({
    kind: coding.kind,
    probabilities: Float64Array.from(data),
    classes: coding.classes.length,
  }),

  metrics: METRICS,
  primary: "log-loss",
  relative: { better: "higher", of: (logLoss: number) => Math.exp(-logLoss) },
  score(truth, prediction) {
    const probabilities = probabilitiesOf(prediction);
    const counts = confusion(truth, probabilities);
    return {
      "log-loss": meanOfFinite(logLosses(truth, probabilities)),
      accuracy: accuracy(counts, probabilities.classes),
      "balanced-accuracy": balancedAccuracy(counts, probabilities.classes),
      "macro-f1": macroF1(counts, probabilities.classes),
      "roc-auc": rocAuc(truth, probabilities),
    };
  },
  contributions(truth, prediction) {
    return { rows: logLosses(truth, probabilitiesOf(prediction)), finish: (mean) => mean };
  },

  describe: ({ kind, priors, labelled }) => describeTask(kind, { priors, labelled }),
} satisfies Partial<TaskKind<ClassCoding>>;

/** The labels `[K]` as a constant in their own type, so that predictions are written as the data were. */
function classLabels({ classes, classType }: ClassCoding): Tensor {
  const shape = [classes.length];
  return constant(labelValue());

  function labelValue(): TensorValue {
    switch (classType) {
      case "string":
        return { dtype: "string", shape, data: classes };
      case "integer":
        return { dtype: "int64", shape, data: BigInt64Array.from(classes, (label) => BigInt(label)) };
      case "number":
        return { dtype: "float64", shape, data: Float64Array.from(classes, Number) };
      case "boolean":
        return {
          dtype: "bool",
          shape,
          data: Uint8Array.from(classes, (label) => (label === "true" ? 1 : 0)),
        };
      default:
        return classType satisfies never;
    }
  }
}

function probabilitiesOf(prediction: Prediction): Probabilities {
  if (prediction.kind === "regression")
    throw new TypeError("a classification task cannot read a regression prediction");
  return prediction;
}
