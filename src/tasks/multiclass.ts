import {
  cast,
  logSoftmax,
  mul,
  neg,
  oneHot,
  reduceMean,
  reduceSum,
  reshape,
  softmax,
} from "../graph/index.js";
import { CLASS_KIND, logShare } from "./classes.js";
import { maskedMean } from "./masked-mean.js";
import type { ClassCoding, TaskKind } from "./task-kind.js";

/** Three classes or more: one logit each, softmax cross-entropy. */
export const multiclass: TaskKind<ClassCoding> = {
  ...CLASS_KIND,
  slug: "multiclass",
  description: "predicts one of several classes, with softmax cross-entropy",
  outputWidth: (coding) => coding.classes.length,

  loss({ output, target, mask }) {
    const classes = output.shape[3];
    if (typeof classes !== "number")
      throw new TypeError("the number of classes must be known when the loss is traced");
    const index = cast(reduceMean(target, [2]), "int64"); // [R, G]
    const chosen = mul(logSoftmax(output, 3), oneHot(index, classes, output.dtype)); // [M, R, G, K]
    return maskedMean(neg(reduceSum(chosen, [3])), mask);
  },

  average: (output) => reshape(logShare(reduceMean(softmax(output, 3), [0])), [1, ...output.shape.slice(1)]),
  signal: (output) => softmax(output, 2),
  signalWidth: (coding) => coding.classes.length,
  predict: (output) => reduceMean(softmax(output, 2), [0]), // [R, K]
};
