import { stringify } from "yaml";
import type { OutputColumn } from "../data/index.js";
import { writeTable } from "../data/sources/index.js";
import type { Comparison } from "../evaluation/compare.js";
import { renderReport } from "../report/index.js";
import { canonicalJson } from "../run/index.js";
import type { RunRecord } from "../run/record.js";
import type { Fitted } from "../training/fitted.js";
import { snapshotsOf } from "../training/snapshots.js";
import { cardOf } from "./model-file.js";
import type { CrossValidation } from "./cross-validate.js";
import type { StudyOptions } from "./options.js";
import type { PlannedStudy } from "./plan.js";
import type { PreparedStudy } from "./prepare.js";
import { scoredColumns } from "./prediction-columns.js";

/** What the files of a run are made from. */
export interface RunParts {
  readonly record: RunRecord;
  readonly plan: PlannedStudy;
  readonly prepared: PreparedStudy;
  readonly comparison: Comparison;
  readonly options: StudyOptions;
  readonly modelBytes: Uint8Array;
  readonly crossValidation?: CrossValidation;
}

/**
 * The files of a run folder: study.yaml, record.json, metrics.json, events.jsonl, predictions.parquet, model.onnx,
 * model.json, report.html, and in checkpoint/ the parameters as they were trained (little-endian float32) with the spec and
 * the layout that name them; where tasks keep epochs of their own, a file of parameters for each. `metrics.json`, the predictions and the parameters hold nothing of the clock: the same seed
 * gives the same bytes.
 */
export async function runFiles({
  record,
  plan,
  prepared,
  comparison,
  options,
  modelBytes,
  crossValidation,
}: RunParts): Promise<Record<string, Uint8Array | string>> {
  const { resolved: _, ...study } = record.study;
  return {
    "study.yaml": stringify(study),
    "record.json": canonicalJson(record),
    "metrics.json": canonicalJson(metricsOf(record)),
    "events.jsonl": eventLines(record),
    "predictions.parquet": await parquetBytes([
      ...foldColumns(crossValidation),
      ...scoredColumns(crossValidation?.lines.row ?? fileRows(plan), comparison.scored),
    ]),
    "model.onnx": modelBytes,
    "model.json": canonicalJson(
      cardOf({ plan, prepared, comparison, options, readings: plan.table.readings }),
    ),
    ...parameterFiles(comparison.multi),
    "report.html": renderReport(record),
  };
}

/** Which fold predicted a line, from 1; nothing where there are no folds. */
function foldColumns(crossValidation: CrossValidation | undefined): OutputColumn[] {
  if (!crossValidation) return [];
  const { fold, repeat } = crossValidation.lines;
  const column = (name: string, from: Int32Array): OutputColumn => ({
    name,
    type: "integer",
    values: Float64Array.from(from, (i) => i + 1),
  });
  return [column("repeat", repeat), column("fold", fold)];
}

/** Numbers of the test rows in the data. */
const fileRows = ({ split, streamed }: PlannedStudy): Int32Array =>
  streamed ? split.test.map((row) => streamed.fileRows[row]!) : split.test;

/** The parameters with what names them; with several epochs, which tasks each file is for. */
function parameterFiles(fitted: Fitted): Record<string, Uint8Array | string> {
  const { spec, layout } = fitted;
  const files = snapshotsOf(fitted).map((one, i) => ({
    ...one,
    file: i === 0 ? "parameters.bin" : `parameters.epoch-${one.epoch}.bin`,
  }));
  const snapshots = files.map(({ epoch, tasks, file }) => ({ epoch, tasks, file }));
  return {
    ...Object.fromEntries(
      files.map(({ file, parameters }) => [`checkpoint/${file}`, littleEndian(parameters)]),
    ),
    "checkpoint/model.json": canonicalJson({ spec, layout, ...(files.length > 1 && { snapshots }) }),
  };
}

function littleEndian(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setFloat32(i * 4, value, true));
  return bytes;
}

async function parquetBytes(columns: readonly OutputColumn[]): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const stream = {
    write(chunk: Uint8Array | string, done: () => void): void {
      chunks.push(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
      done();
    },
  };
  await writeTable("-", columns, { format: "parquet", stream });
  return Buffer.concat(chunks);
}

function metricsOf(record: RunRecord): unknown {
  const { tasks, deltaM, level, resamples } = record.evaluation;
  return {
    seed: record.seed,
    tasks: tasks.map(({ task, primary, multi, single, gain, verdict, testRows }) => ({
      task,
      primary,
      multi,
      single,
      gain,
      verdict,
      testRows,
    })),
    deltaM,
    level,
    resamples,
    bestEpochs: {
      multi: record.training.multi.bestEpoch,
      ...(record.training.multi.bestEpochs && { tasks: record.training.multi.bestEpochs }),
      single: Object.fromEntries(
        Object.entries(record.training.single).map(([task, { bestEpoch }]) => [task, bestEpoch]),
      ),
    },
  };
}

/** Every epoch of every model, one JSON object a line. */
function eventLines({ training }: RunRecord): string {
  const models = [["multi-task", training.multi] as const, ...Object.entries(training.single)];
  return models
    .flatMap(([model, { epochs }]) => epochs.map((epoch) => `${JSON.stringify({ model, ...epoch })}\n`))
    .join("");
}
