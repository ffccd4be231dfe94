import { ConfigError } from "../base/errors.js";
import { type OutputColumn, type RawTable, codedTable, keptColumns } from "../data/index.js";
import {
  type ChunkOptions,
  type ChunkedTable,
  type InputStream,
  type OutputStream,
  type SourceOptions,
  type TableFormat,
  openChunks,
  tableWriter,
} from "../data/sources/index.js";
import type { StudyEvent } from "./events.js";
import { openModel } from "./model.js";
import { ownColumns } from "./own-columns.js";
import { predictionColumns } from "./prediction-columns.js";
import { type Model, chunkRows } from "./served-model.js";

/** What to predict, and where predictions go. */
export interface PredictFileOptions {
  /** A run folder or a model file. */
  readonly model: string;
  /** A table, or `-` for standard input. */
  readonly source: string;
  /** A file, or `-` for standard output. */
  readonly output: string;
  readonly format: "csv" | "jsonl" | "parquet";
  /** Columns of the data to repeat before the predictions. */
  readonly keep?: readonly string[];
  /** The format of standard input; CSV when absent. */
  readonly sourceFormat?: TableFormat;
  /** The encoding of delimited text; that of the study, or found from the bytes, when absent. */
  readonly encoding?: string;
  /** Whether the first row of delimited text names the columns; as in the study, or found, when absent. */
  readonly header?: "yes" | "no";
  /** What divides the cells of delimited text; that of the study, or found from its first rows, when absent. */
  readonly delimiter?: string;
  /** What `-` reads; standard input when absent. */
  readonly stream?: InputStream;
  /** Where an output of `-` goes. */
  readonly outputStream?: OutputStream;
  readonly onEvent?: (event: StudyEvent) => void;
  /** How much is read at a time; what suits the model when absent. */
  readonly chunks?: ChunkOptions;
}

/**
 * Predicts every task for the rows of a table, in their order, and writes `<task>` and `<task>.<class>` columns; of a target in
 * the long layout those of the row's own task, `<target>`, where the table has the task column.
 *
 * Rows are read, predicted and written some at a time where the source allows it (see `openChunks`).
 *
 * @returns the number of rows.
 * @throws {DataError} for a model or a table that cannot be used; {ConfigError} if a kept column has a prediction's name or
 * the output cannot be written.
 */
export async function predictFile(options: PredictFileOptions): Promise<number> {
  const { source, onEvent } = options;
  const model = await openModel(options.model);
  try {
    onEvent?.({ type: "stage", stage: "reading", detail: source });
    const multiple = chunkRows(model.inputs.length); // as in one run, so that no number depends on where a chunk ends
    const table = await openChunks(source, sourceOptions(options, model), { multiple, ...options.chunks });
    try {
      for (const { detail } of table.notes ?? [])
        onEvent?.({ type: "notice", level: "info", text: `${table.source}: ${detail}.` });
      return await predictChunks(table, model, options);
    } finally {
      table.close();
    }
  } finally {
    await model.close();
  }
}

function sourceOptions(options: PredictFileOptions, { card }: Model): SourceOptions {
  const format = options.sourceFormat ?? (options.source === "-" ? "csv" : undefined);
  return {
    ...(format && { format }),
    ...(options.stream && { stream: options.stream }),
    ...(options.encoding !== undefined && { encoding: options.encoding }),
    ...(options.header !== undefined && { header: options.header }),
    ...(options.delimiter !== undefined && { delimiter: options.delimiter }),
    ...(card.text && { otherwise: card.text }),
  };
}

async function predictChunks(
  table: ChunkedTable,
  model: Model,
  { output, format, keep = [], outputStream, onEvent }: PredictFileOptions,
): Promise<number> {
  const inputs = model.inputs.map(({ name }) => name);
  const own = (model.card.parts ?? []).map(({ by }) => by);
  refuseAbsent(table, model, keep);
  const writer = tableWriter(output, { format, ...(outputStream && { stream: outputStream }) });
  let done = 0;
  try {
    for await (const raw of table.chunks(new Set([...inputs, ...own, ...keep]))) {
      const columns = await predictRaw(raw, model, keep);
      if (done === 0) onEvent?.({ type: "stage", stage: "writing", detail: output });
      await writer.write(columns);
      done += raw.rows;
      onEvent?.({ type: "rows", done, ...(table.rows !== undefined && { of: table.rows }) });
    }
    await writer.finish();
    return done;
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

async function predictRaw(raw: RawTable, model: Model, keep: readonly string[]): Promise<OutputColumn[]> {
  const columns = await model.predictTable(codedTable(raw, model.card.inputs, model.card));
  const predicted = predictionColumns(ownColumns(columns, model.card, raw));
  const clash = keep.find((name) => predicted.some((column) => column.name === name));
  if (clash === undefined) return [...keptColumns(raw, keep), ...predicted];
  throw new ConfigError({
    where: "predict",
    subject: `kept column "${clash}"`,
    problem: "has the name of a prediction",
    fix: "Leave it out of --keep.",
  });
}

/** Refuses a table without an input, or without a column to be kept, by all the names it has. */
function refuseAbsent({ source, names }: ChunkedTable, { card }: Model, keep: readonly string[]): void {
  const columns = names.map((name) => ({ name, kind: "text" as const, cells: [] }));
  const none: RawTable = { source, rows: 0, columns, unit: "row" };
  codedTable(none, card.inputs, card);
  keptColumns(none, keep);
}
