import type { OutputColumn } from "../data/index.js";
import type { ScoredTask } from "../evaluation/score-model.js";
import { kindOf, mostProbable } from "../tasks/index.js";
import type { ClassType } from "../tasks/task-kind.js";
import type { TaskColumn } from "./served-model.js";

/**
 * Predictions as columns of an output table: `<task>` the number, label or cluster, then `<task>.<class>` the probability of
 * each class. Labels are written as they were read: whole numbers and booleans as such.
 */
export function predictionColumns(columns: readonly TaskColumn[]): OutputColumn[] {
  return columns.flatMap(({ task, values, probabilities }) => {
    if (task.kind === "regression") return [{ name: task.name, type: "number" as const, values }];
    const shares = task.classes.map((label, k): OutputColumn => ({
      name: `${task.name}.${label}`,
      type: "number",
      values: values.map((_, row) => probabilities[row * task.classes.length + k]!),
    }));
    return [labelColumn(task.name, task.classes, task.classType, values), ...shares];
  });
}

/** Column of labels from class indices; a NaN index is a missing label. */
function labelColumn(
  name: string,
  classes: readonly string[],
  classType: ClassType,
  indices: Float64Array,
): OutputColumn {
  const label = (index: number): string | null => (Number.isNaN(index) ? null : classes[index]!);
  switch (classType) {
    case "string":
      return { name, type: "string", values: Array.from(indices, label) };
    case "boolean":
      return {
        name,
        type: "boolean",
        values: Array.from(indices, (index) => (Number.isNaN(index) ? null : classes[index] === "true")),
      };
    default:
      return {
        name,
        type: classType,
        values: Float64Array.from(indices, (index) =>
          Number.isNaN(index) ? Number.NaN : Number(classes[index]),
        ),
      };
  }
}

/** Predictions of scored rows with the row's number in the data (from 0) and the truth, `truth:<task>`, beside them. */
export function scoredColumns(rows: Int32Array, scored: readonly ScoredTask[]): OutputColumn[] {
  const columns = scored.flatMap(({ task, truth, prediction }): OutputColumn[] => {
    if (prediction.kind === "regression") {
      return [
        { name: `truth:${task.name}`, type: "number", values: truth },
        { name: task.name, type: "number", values: prediction.values },
      ];
    }
    const { classes, classType } = labelsOf(task.coding);
    const { probabilities } = prediction;
    const values = Float64Array.from(mostProbable(prediction));
    const described = { name: task.name, kind: task.coding.kind, classes, classType };
    const known = kindOf(task.coding).supervised
      ? [labelColumn(`truth:${task.name}`, classes, classType, truth)]
      : [];
    return [...known, ...predictionColumns([{ task: described, values, probabilities, prediction }])];
  });
  return [{ name: "row", type: "integer", values: Float64Array.from(rows) }, ...columns];
}

function labelsOf(coding: ScoredTask["task"]["coding"]): {
  classes: readonly string[];
  classType: ClassType;
} {
  if (coding.kind === "binary" || coding.kind === "multiclass") return coding;
  const clusters = coding.kind === "clustering" ? coding.clusters : 0;
  return { classes: Array.from({ length: clusters }, (_, k) => String(k)), classType: "integer" };
}
