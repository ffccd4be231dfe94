import type { MethodChoice } from "./choose-methods.js";
import { timestamp } from "../base/clock.js";
import {
  type PartBalance,
  bySeverity,
  codingWidth,
  columnOf,
  exampleOf,
  feedType,
  findingOfNote,
  profileOf,
  splitBalance,
} from "../data/index.js";
import { BOOTSTRAP } from "../evaluation/compare-task.js";
import type { Comparison } from "../evaluation/compare.js";
import type { ScoredTask } from "../evaluation/score-model.js";
import { taskVectors } from "../model/task-vectors.js";
import { cosineMatrix } from "../relations/task-vectors.js";
import { linkEffects } from "../model/sharing-of.js";
import type {
  EvaluationPlot,
  LabelBalance,
  MixtureRecord,
  RunRecord,
  SamplingRecord,
  TaskRecord,
  TrainingRecord,
} from "../run/record.js";
import type { Runtime } from "../runtime/runtime.js";
import { parameterCount } from "../model/layout.js";
import type { FitOptions, Fitted } from "../training/fitted.js";
import type { CrossValidation } from "./cross-validate.js";
import { expectedVisits } from "../training/sampling.js";
import { bestEpochsOf } from "../training/snapshots.js";
import { kindOf, mostProbable } from "../tasks/index.js";
import type { TaskCoding } from "../tasks/task-kind.js";
import { transformWords } from "../tasks/transforms/transform-words.js";
import { nullable } from "./nullable.js";
import { roleOf } from "./columns.js";
import { type StudyOptions, splitColumn } from "./options.js";
import type { PlannedStudy } from "./plan.js";
import type { PreparedStudy } from "./prepare.js";
import { VERSION } from "./version.js";

/** Everything a record is made from. */
export interface RecordParts {
  readonly plan: PlannedStudy;
  readonly prepared: PreparedStudy;
  readonly comparison: Comparison;
  readonly options: StudyOptions;
  readonly fitOptions: FitOptions;
  /** Methods that were left to be chosen. */
  readonly choices: readonly MethodChoice[];
  /** With which weights the multi-task model mixes what is shared. */
  readonly mixtures: readonly MixtureRecord[];
  readonly runtime: Runtime;
  /** What the runtime runs in. */
  readonly host: Pick<RunRecord["environment"], "node" | "platform">;
  readonly name: string;
  /** How each fold did, where the scores are those of folds. */
  readonly crossValidation?: CrossValidation;
}

/** The plain record of a finished run. */
export function recordOf(parts: RecordParts): RunRecord {
  const { plan, prepared, comparison, options, fitOptions, runtime, host, name } = parts;
  const { spec } = comparison.multi;
  return {
    format: 1,
    kindred: VERSION,
    name,
    created: timestamp(),
    seed: options.seed,
    study: { ...options, resolved: { ...fitOptions, members: spec.members, adapter: spec.adapter } },
    environment: {
      ...host,
      runtime: `${runtime.kind === "native" ? "onnxruntime-node" : "onnxruntime-web"} ${runtime.version}`,
      reason: runtime.reason,
      workers: runtime.workers,
    },
    data: dataRecord(plan, prepared, options),
    tasks: plan.tasks.map((task, t) => taskRecord(task, prepared, spec.tasks[t]!.coding)),
    links: linkEffects(spec).map((effect, i) => ({ ...spec.links[i]!, effect })),
    relations: {
      tasks: spec.tasks.map((task) => task.name),
      cosine: cosineMatrix(
        taskVectors(spec, comparison.multi.layout, comparison.multi.parameters), // of the epoch that most tasks keep
        spec.tasks.length,
      ),
    },
    ...(parts.mixtures.length > 0 && { mixtures: parts.mixtures }),
    model: {
      parameters: parameterCount(comparison.multi.layout),
      members: spec.members,
      trunk: spec.trunk,
      ...(spec.blocks && { blocks: spec.blocks }),
      ...(spec.numbers && { numbers: "periodic" }),
      sharing: spec.sharing?.architecture ?? "hard",
      ...(parts.choices.length > 0 && {
        choices: parts.choices.map(({ setting, chosen, reason }) => ({ setting, chosen, reason })),
      }),
      balancer: fitOptions.balancer,
      optimizer: fitOptions.optimizer,
      inputs: prepared.encoding.inputs.map((coding) => ({
        name: coding.name,
        type: coding.type,
        features: codingWidth(coding),
        onnx: ({ string: "string", float32: "float", float64: "double" } as const)[feedType(coding)],
        example: exampleOf(coding),
      })),
    },
    training: {
      sampling: samplingRecord(parts),
      multi: trainingRecord(comparison.multi),
      single: Object.fromEntries(
        Object.entries(comparison.single).map(([task, fitted]) => [task, trainingRecord(fitted)]),
      ),
    },
    evaluation: {
      tasks: comparison.tasks.map((task, t) => ({
        ...task,
        multi: nullable(task.multi),
        single: nullable(task.single),
        metrics: kindOf(spec.tasks[t]!.coding).metrics.map(({ name: metric, label, better }) => ({
          metric,
          label,
          better,
        })),
        plot: plotOf(comparison.scored[t]!, plan, prepared),
      })),
      deltaM: { percent: comparison.deltaM, better: "higher" },
      ...BOOTSTRAP,
      ...(parts.crossValidation && { folds: foldsRecord(parts.crossValidation, options) }),
    },
    warnings: [...plan.warnings, ...prepared.warnings],
  };
}

function dataRecord(plan: PlannedStudy, prepared: PreparedStudy, options: StudyOptions): RunRecord["data"] {
  const { table, split } = plan;
  const [train, validation, test] = [split.train, split.validation, split.test].map(
    ({ length }) => length,
  ) as [number, number, number];
  const lengths = { train, validation, test };
  const used = new Set(prepared.encoding.inputs.map(({ name }) => name));
  return {
    source: table.source,
    rows: plan.streamed?.rows ?? table.rows,
    columns: table.columns.map((found, i) => {
      const { name, type, missing, distinct, summary, why } = table.profiles[i] ?? profileOf(found);
      const role = roleOf(options, name) ?? (used.has(name) ? "input" : "set aside");
      return { name, type, role, missing, distinct, summary, ...(why !== "" && { note: why }) };
    }),
    findings: bySeverity([
      ...plan.findings,
      ...[...table.cleaning, ...plan.setAside, ...prepared.notes].map(findingOfNote),
    ]),
    split: {
      how: splitWords(options),
      train: (plan.streamed ?? lengths).train,
      validation: (plan.streamed ?? lengths).validation,
      test: (plan.streamed ?? lengths).test,
      ...(plan.streamed && { inMemory: lengths }),
    },
  };
}

function foldsRecord(
  { folds }: CrossValidation,
  { split }: StudyOptions,
): NonNullable<RunRecord["evaluation"]["folds"]> {
  return {
    count: split.folds ?? 0,
    repeats: split.repeats ?? 1,
    each: folds.map(({ repeat, fold, rows, tasks, deltaM }) => ({
      repeat,
      fold,
      rows: rows.length,
      deltaM,
      gains: Object.fromEntries(tasks.map(({ task, gain }) => [task, gain.value])),
    })),
  };
}

function splitWords({ split, seed }: StudyOptions): string {
  const { folds = 0, repeats = 1 } = split;
  const how = partsWords({ split, seed });
  if (folds === 0) return how;
  return `${how}, ${folds} folds${repeats > 1 ? `, ${repeats} times` : ""}`;
}

function partsWords({ split, seed }: Pick<StudyOptions, "split" | "seed">): string {
  const column = splitColumn(split);
  if (column === undefined) return `${split.kind}, seed ${seed}`;
  if (split.kind === "column") return `by the column ${column}`;
  return split.kind === "group" ? `by groups of ${column}, seed ${seed}` : `by time, ${column}`;
}

function taskRecord(
  task: PlannedStudy["tasks"][number],
  prepared: PreparedStudy,
  coding: TaskCoding,
): TaskRecord {
  const truth = prepared.data.truths[task.name]!;
  const classes = "classes" in coding ? coding.classes : undefined;
  const { train, validation, test } = splitBalance(truth, prepared.data.split, classes?.length);
  const transform = coding.kind === "regression" ? transformWords(coding) : undefined;
  return {
    name: task.name,
    kind: coding.kind,
    ...(coding.kind === "clustering" && {
      classes: Array.from({ length: coding.clusters }, (_, k) => String(k)),
    }),
    ...(classes && { classes }),
    ...(task.reference !== undefined && { reference: task.reference }),
    ...(task.part && { part: { target: task.part.target, by: task.part.by, value: task.part.value } }),
    labelled: { train: train.labelled, validation: validation.labelled, test: test.labelled },
    ...(coding.kind !== "clustering" && {
      balance: { train: labelsOf(train), validation: labelsOf(validation), test: labelsOf(test) },
    }),
    ...(transform !== undefined && { transform }),
    because: task.because,
  };
}

const labelsOf = ({ mean, shares }: PartBalance): LabelBalance => ({
  ...(mean !== undefined && { mean }),
  ...(shares && { shares }),
});

function samplingRecord({ comparison, prepared, options, fitOptions }: RecordParts): SamplingRecord {
  const { policy, temperature } = options.sampling;
  return {
    policy,
    ...(policy === "temperature" && { temperature }),
    tasks: expectedVisits(comparison.multi.spec, prepared.data, fitOptions),
  };
}

function trainingRecord(fitted: Fitted): TrainingRecord {
  const { epochs, bestEpoch, steps, seconds, conflict, further } = fitted;
  return {
    epochs: epochs.map(({ epoch, train, validation }) => ({
      epoch,
      train: nullable(train),
      validation: nullable(validation),
    })),
    bestEpoch,
    ...(further && { bestEpochs: bestEpochsOf(fitted) }),
    steps,
    seconds,
    ...(conflict && { conflict }),
  };
}

const MOST_POINTS = 1000; // points of a scatter plot: more only blacken the page

function plotOf(
  { task, truth, prediction }: ScoredTask,
  plan: PlannedStudy,
  prepared: PreparedStudy,
): EvaluationPlot {
  const rows = Array.from(truth.keys());
  if (prediction.kind === "regression") {
    const labelled = rows.filter((row) => !Number.isNaN(truth[row]!)).slice(0, MOST_POINTS);
    return {
      type: "scatter",
      truth: labelled.map((row) => truth[row]!),
      predicted: labelled.map((row) => prediction.values[row]!),
    };
  }
  const { classes } = prediction;
  const predicted = mostProbable(prediction);
  const table = (count: number): number[][] => {
    const matrix = Array.from({ length: count }, () => Array.from({ length: classes }, () => 0));
    for (const row of rows) if (!Number.isNaN(truth[row]!)) matrix[truth[row]!]![predicted[row]!]! += 1;
    return matrix;
  };
  if (task.coding.kind !== "clustering") {
    return {
      type: "confusion",
      classes: task.coding.kind === "regression" ? [] : task.coding.classes,
      matrix: table(classes),
    };
  }
  const sizes = Array.from({ length: classes }, (_, k) =>
    predicted.reduce((size, cluster) => size + (cluster === k ? 1 : 0), 0),
  );
  const reference = plan.tasks.find(({ name }) => name === task.name)?.reference;
  if (reference === undefined) return { type: "clusters", sizes };
  const labels = referenceLabels(plan, reference, prepared.data.truths[task.name]!);
  return { type: "clusters", sizes, reference: { classes: labels, matrix: table(labels.length) } };
}

/** Names of the reference classes by index. */
function referenceLabels(plan: PlannedStudy, reference: string, truth: Float64Array): string[] {
  const column = columnOf(plan.table, reference);
  const labels: string[] = [];
  truth.forEach((index, row) => {
    if (Number.isNaN(index)) return;
    labels[index] ??= "numbers" in column ? String(column.numbers[row]) : (column.strings[row] ?? "");
  });
  return labels;
}
