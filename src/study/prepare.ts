import { DataError } from "../base/errors.js";
import { seededRandom } from "../base/random.js";
import { type CleaningNote, type InputEncoding, columnOf, fitInputEncoding } from "../data/index.js";
import { numberPlaces } from "../data/encoding.js";
import type { PeriodicNumbers } from "../model/periodic-numbers.js";
import type { Runtime } from "../runtime/runtime.js";
import { kindOf } from "../tasks/index.js";
import { chooseClusters } from "../tasks/k-means.js";
import type { Task, Truth } from "../tasks/task-kind.js";
import { type TrainingData, takeRows } from "../training/training-data.js";
import { codeTargets } from "./code-targets.js";
import { encodeRows } from "./encode-rows.js";
import { labelColumns } from "./label-columns.js";
import type { StudyOptions } from "./options.js";
import type { PlannedStudy } from "./plan.js";
import { streamedRows } from "./streamed-rows.js";

/** Everything the models read. */
export interface PreparedStudy {
  readonly tasks: readonly Task[];
  readonly encoding: InputEncoding;
  /** Numbers that the model makes periodic features of; absent where the encoding makes piecewise ones, or there is no number. */
  readonly numbers?: PeriodicNumbers;
  readonly data: TrainingData;
  readonly notes: readonly CleaningNote[];
  readonly warnings: readonly string[];
}

/** Fits encoders and target codings on training rows and encodes all rows, by the very graph the saved model holds. */
export async function prepareStudy(
  plan: PlannedStudy,
  options: StudyOptions,
  runtime: Runtime,
): Promise<PreparedStudy> {
  const { table, split } = plan;
  const coded = codeTargets(plan, options);
  const supervised: Task[] = [];
  const truths = new Map<string, Truth>();
  for (const [name, { coding, truth }] of coded.targets) {
    supervised.push({ name, coding });
    truths.set(name, truth);
  }
  // the folds of a row's own label are known only where all rows are in memory
  const labels = plan.streamed ? [] : labelColumns(supervised, truths);
  const { kind, column } = options.split;
  const how = {
    labels,
    seed: options.seed,
    ...options.encoding,
    ...(options.encoding.numbers === "periodic" && { bins: 0 }),
    ...(kind === "group" && column !== undefined && { groups: columnOf(table, column) }),
  };
  const { encoding, notes, crossFit } = fitInputEncoding(table, plan.inputs, split.train, how);
  const numbers = periodicNumbers(encoding, options);
  const encoded = plan.streamed ? new Float32Array() : await encodeRows(table, encoding, runtime, crossFit);
  const tasks = plan.tasks.map(({ name, kind, reference }): Task => {
    if (kind !== "clustering") return supervised.find((task) => task.name === name)!;
    const coding = clusteringCoding(name, options, { encoded, width: encoding.width, rows: split.train });
    const truth =
      reference === undefined
        ? new Float64Array(table.rows).fill(Number.NaN)
        : kindOf(coding).truth(coding, columnOf(table, reference));
    truths.set(name, truth);
    return { name, coding };
  });
  const streamed =
    plan.streamed &&
    streamedRows({ source: plan.streamed, table, planned: plan.tasks, tasks, encoding, runtime });
  return {
    tasks,
    encoding,
    ...(numbers && { numbers }),
    notes,
    warnings: coded.warnings,
    data: {
      rows: table.rows,
      width: encoding.width,
      encoded,
      truths: Object.fromEntries(truths),
      split,
      ...(crossFit && { labelColumns: crossFit.tasks }),
      ...(streamed && { streamed }),
    },
  };
}

const MOST_PERIODIC = 6000; // periodic features over all numbers

/** The numbers of a study that periodic features are made of; undefined where it asks for none. */
function periodicNumbers(
  encoding: InputEncoding,
  { encoding: asked }: StudyOptions,
): PeriodicNumbers | undefined {
  if (asked.numbers !== "periodic") return undefined;
  const places = numberPlaces(encoding);
  if (places.length === 0) return undefined;
  const { frequencies, frequencyScale: scale, frequencyWidth } = asked;
  const width = Math.max(1, Math.min(frequencyWidth, Math.floor(MOST_PERIODIC / places.length)));
  return { places, frequencies, width, scale };
}

const EMBEDDING_WIDTH = 10; // DEC's width of the space in which clusters live
const MOST_CLUSTERS = 10; // the largest number of clusters tried when it is chosen

function clusteringCoding(
  name: string,
  options: StudyOptions,
  { encoded, width, rows }: { encoded: Float32Array; width: number; rows: Int32Array },
): Extract<Task["coding"], { kind: "clustering" }> {
  const asked = options.tasks[name]!.clusters ?? "auto";
  if (asked !== "auto" && asked >= rows.length) {
    throw new DataError({
      where: `task ${name}`,
      subject: "clusters",
      expected: `fewer than the ${rows.length} training rows`,
      got: String(asked),
    });
  }
  const clusters =
    asked === "auto"
      ? chooseClusters({
          data: takeRows(encoded, width, rows),
          rows: rows.length,
          width,
          min: 2,
          max: Math.min(MOST_CLUSTERS, rows.length - 1),
          random: seededRandom(options.seed, `clusters/${name}`),
        }).clusters
      : asked;
  return { kind: "clustering", clusters, embedding: Math.min(EMBEDDING_WIDTH, width) };
}
