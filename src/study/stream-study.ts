import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { ConfigError } from "../base/errors.js";
import { seededRandom } from "../base/random.js";
import { type InspectedTable, isNumberColumn, splitRows } from "../data/index.js";
import {
  type ParquetFacts,
  openTableSequence,
  parquetFacts,
  readRows,
  rowRanges,
  streamColumns,
  streamKind,
} from "../data/stream/index.js";
import type { StreamedTable } from "../data/streamed-table.js";
import { BALANCERS } from "../training/balancers/index.js";
import { furtherBatches } from "../training/gradient-needs.js";
import type { RowSplit } from "../training/training-data.js";
import type { StudyHooks } from "./events.js";
import type { StudyOptions } from "./options.js";
import { type StreamedPlan, inspectForStudy } from "./plan.js";

/** A table of which some rows are in memory, ready to be planned. */
export interface StreamedStudy {
  readonly table: InspectedTable;
  readonly streamed: StreamedPlan;
}

const MOST_VALUES = 2 ** 28; // of an encoded table in memory: 1 GiB
const ENCODED = 20; // encoded values for each raw one, about: up to 48 bins a number, one place a level
/** Most rows of each part that are in memory. */
const IN_MEMORY = { train: 100_000, validation: 50_000, test: 100_000 };
const MOST_LEVELS = 100_000; // distinct values of a text column
const SAMPLED_LABELS = 2; // rows that a class must have in memory

/** Whether a study's table is streamed: where it is asked for, or would not fit in memory and nothing in the study is against it. */
export async function isStreamed(options: StudyOptions): Promise<boolean> {
  const { data, stream } = options;
  if (stream === "never") return false;
  if (stream === "always") return true;
  if (unfit(options)) return false;
  if (typeof data !== "string" || !/\.parquet$/i.test(data)) return false;
  const bytes = await stat(data).then(
    (found) => (found.isFile() ? found.size : 0),
    () => 0, // a file that is not there is told when it is read
  );
  if (bytes < 2 ** 22 || /[*?[]/.test(resolve(data))) return false; // a file this small is not worth a look
  const { rows, columns } = await parquetFacts(data);
  return rows * columns.length * ENCODED > MOST_VALUES;
}

/**
 * Reads the rows of a table that stay in memory, and decides which rows train, validate and test.
 *
 * @throws {ConfigError} for what a streamed table cannot do; {DataError} if the file cannot be read.
 */
export async function openStreamed(options: StudyOptions, hooks: StudyHooks): Promise<StreamedStudy> {
  const facts = await factsOf(options);
  const fault = unfit(options);
  if (fault) throw fault;
  const { seed, split } = options;
  const parts = splitRows({ rows: facts.rows, kind: "random", seed, ...sharesOf(split), source: facts.name });
  const sample = sampleOf(parts, seed);
  const names = facts.columns.map(({ name }) => name);
  refuseNested(
    facts,
    names.filter((name) => !options.ignore.includes(name)),
  );
  const raw = await readRows(facts, sample.fileRows, names);
  const sampled = inspectForStudy(raw, options);
  const table = withoutRareLabels(sampled, options, hooks);
  const source = await streamedTable(facts, table, options, { parts, fileRows: sample.fileRows });
  const count = (n: number): string => n.toLocaleString("en-US");
  const text = `The table is streamed: types, encoders and target codings are decided on ${count(sample.split.train.length)} of ${count(parts.train.length)} training rows; models are validated on ${count(sample.split.validation.length)} of ${count(parts.validation.length)} validation rows and tested on ${count(sample.split.test.length)} of ${count(parts.test.length)} test rows.`;
  hooks.onEvent?.({ type: "notice", level: "info", text });
  return { table, streamed: { source, split: sample.split } };
}

const sharesOf = ({ validation, test }: StudyOptions["split"]): { validation: number; test: number } => ({
  validation,
  test,
});

async function factsOf({ data }: StudyOptions): Promise<ParquetFacts> {
  const one = typeof data === "string" && /\.parquet$/i.test(data) && !/[*?[]/.test(resolve(data));
  if (one) return parquetFacts(data);
  const convert =
    typeof data === "string" && /^[^'"`$\\*?[]+\.(?:csv|tsv|txt|jsonl|ndjson|json)(?:\.gz)?$/i.test(data)
      ? `Convert it once, for example with duckdb -c "COPY (FROM '${data}') TO '${data.replace(/(?:\.[a-z]+){1,2}$/i, "")}.parquet'"`
      : "Write it as Parquet";
  throw new ConfigError({
    where: "stream",
    subject: "a table that is streamed",
    expected: "one Parquet file whose name has no *, ? or [",
    got: typeof data === "string" ? data : "several tables",
    fix: `${convert}, or set stream to never.`,
    setting: ["stream"],
  });
}

/** What of a study cannot be done with a streamed table. */
function unfit({ split, tasks, budget, sampling, balance }: StudyOptions): ConfigError | undefined {
  const fault = (subject: string, problem: string, fix: string, setting: string[]): ConfigError =>
    new ConfigError({ where: "stream", subject, problem, fix, setting });
  const never = "or set stream to never where the table fits in memory.";
  if (split.kind !== "random")
    return fault(`a ${split.kind} split`, "is not made of a streamed table", `Use --split random, ${never}`, [
      "split",
      "kind",
    ]);
  if ((split.folds ?? 0) > 0)
    return fault("a study in folds", "needs all rows in memory", `Leave folds out, ${never}`, [
      "split",
      "folds",
    ]);
  if (split.duplicates === "together")
    return fault(
      "keeping equal rows together",
      "needs all rows in memory",
      `Leave duplicates out, ${never}`,
      ["split", "duplicates"],
    );
  const clustering = Object.entries(tasks).find(([, { kind }]) => kind === "clustering")?.[0];
  if (clustering !== undefined)
    return fault(`clustering task "${clustering}"`, "needs all rows in memory", `Leave it out, ${never}`, [
      "tasks",
      clustering,
    ]);
  const divided = Object.entries(tasks).find(([, { by }]) => by !== undefined)?.[0];
  if (divided !== undefined)
    return fault(`task "${divided}" by a column`, "needs all rows in memory", `Leave by out, ${never}`, [
      "tasks",
      divided,
      "by",
    ]);
  if (budget.refit === "always")
    return fault(
      "a second training with the validation rows",
      "is not made of a streamed table",
      `Use --refit never, ${never}`,
      ["budget", "refit"],
    );
  if (sampling.policy !== "proportional")
    return fault(
      `sampling ${sampling.policy}`,
      "is not made of a streamed table",
      `Use --sampling proportional, ${never}`,
      ["sampling", "policy"],
    );
  if (balance !== "auto" && furtherBatches(BALANCERS[balance]) > 0)
    return fault(
      `balance ${balance}`,
      "draws several batches a step, which a streamed table does not give",
      `Take another method of balance, ${never}`,
      ["balance"],
    );
  return undefined;
}

function refuseNested(facts: ParquetFacts, names: readonly string[]): void {
  const nested = facts.columns.find(
    (column) => names.includes(column.name) && streamKind(column) === undefined,
  );
  if (!nested) return;
  throw new ConfigError({
    where: facts.name,
    subject: `column "${nested.name}"`,
    problem: `holds ${nested.type}, which is not streamed`,
    fix: `Add --ignore ${JSON.stringify(nested.name)}, or write its values into columns of their own.`,
  });
}

/** The rows in memory: at most so many of each part, drawn by the seed, in the order of the file. */
function sampleOf(parts: RowSplit, seed: number): { fileRows: Int32Array; split: RowSplit } {
  const drawn = (part: keyof RowSplit): Int32Array => {
    const most = IN_MEMORY[part];
    const rows = parts[part];
    if (rows.length <= most) return rows;
    return seededRandom(seed, `in memory: ${part}`).shuffle(rows.slice()).slice(0, most);
  };
  const chosen = { train: drawn("train"), validation: drawn("validation"), test: drawn("test") };
  const fileRows = Int32Array.from([...chosen.train, ...chosen.validation, ...chosen.test]).sort();
  const place = (rows: Int32Array): Int32Array => {
    const wanted = new Set(rows);
    return Int32Array.from(fileRows.keys()).filter((row) => wanted.has(fileRows[row]!));
  };
  const split = {
    train: place(chosen.train),
    validation: place(chosen.validation),
    test: place(chosen.test),
  };
  return { fileRows, split };
}

/** Labels in a single row in memory are too rare to be learned or refused: those cells count as missing. */
function withoutRareLabels(
  table: InspectedTable,
  { tasks }: StudyOptions,
  hooks: StudyHooks,
): InspectedTable {
  const columns = table.columns.map((column) => {
    if (!Object.hasOwn(tasks, column.name) || isNumberColumn(column)) return column;
    const counts = new Map<string, number>();
    for (const text of column.strings) if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
    const rare = new Set([...counts].filter(([, count]) => count < SAMPLED_LABELS).map(([label]) => label));
    if (rare.size === 0) return column;
    const shown = [...rare]
      .slice(0, 3)
      .map((label) => `"${label}"`)
      .join(", ");
    const text = `Target "${column.name}": ${rare.size === 1 ? "a class" : `${rare.size} classes`} in a single row of those in memory (${shown}) ${rare.size === 1 ? "is" : "are"} not learned.`;
    hooks.onEvent?.({ type: "notice", level: "warning", text });
    return {
      ...column,
      strings: column.strings.map((label) => (label !== null && rare.has(label) ? null : label)),
    };
  });
  return { ...table, columns };
}

async function streamedTable(
  facts: ParquetFacts,
  table: InspectedTable,
  { seed, missing }: StudyOptions,
  { parts, fileRows }: { readonly parts: RowSplit; readonly fileRows: Int32Array },
): Promise<StreamedTable> {
  const wanted = new Uint8Array(facts.rows);
  for (const row of parts.train) wanted[row] = 1;
  const ranges = rowRanges(facts.groups, wanted);
  const { size, mtimeMs } = await stat(facts.path);
  const asLevels = table.columns.filter((column) => !isNumberColumn(column)).map(({ name }) => name);
  return {
    rows: facts.rows,
    train: parts.train.length,
    validation: parts.validation.length,
    test: parts.test.length,
    fileRows,
    identity: `${facts.rows} rows, ${size} bytes, written ${mtimeMs}`,
    async open(names, from) {
      const { columns, tooMany } = await streamColumns(facts, names, MOST_LEVELS, asLevels);
      if (tooMany.length > 0) throw tooManyLevels(facts.name, tooMany[0]!);
      const typed = columns.map(({ name }) => table.columns.find((column) => column.name === name)!);
      return openTableSequence({ facts, columns, typed, missing, ranges, wanted, seed, from });
    },
  };
}

const tooManyLevels = (where: string, name: string): ConfigError =>
  new ConfigError({
    where,
    subject: `column "${name}"`,
    problem: `has more than ${MOST_LEVELS} distinct texts, which is more than a streamed table may have`,
    fix: `Add --ignore ${JSON.stringify(name)}.`,
  });
