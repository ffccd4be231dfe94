import { inspectTable } from "../inspect.js";
import { type MissingSpellings, missingIn } from "../missing.js";
import type { RawColumn } from "../raw-table.js";
import type { TableSequence } from "../streamed-table.js";
import { type Column, type Table, isNumberColumn } from "../table.js";
import type { StreamColumn } from "./column-sql.js";
import type { ParquetFacts } from "./parquet-facts.js";
import { type MixedRows, openRowStream } from "./row-stream.js";
import type { RowRange } from "./windows.js";

/** How a table's rows are streamed as typed columns. */
export interface TableSequenceOptions {
  readonly facts: ParquetFacts;
  /** The columns to stream, with what their numbers stand for. */
  readonly columns: readonly StreamColumn[];
  /** Columns as they were typed in memory, of the same names and in the same order. */
  readonly typed: readonly Column[];
  /** Spellings of a missing value beside the empty cell. */
  readonly missing: MissingSpellings;
  readonly ranges: readonly RowRange[];
  readonly wanted: Uint8Array;
  readonly seed: number;
  /** First row of the endless sequence. */
  readonly from: number;
}

const WINDOW_VALUES = 2 ** 22; // of the rows that are mixed together: 32 MiB, of which two are in memory

/** Opens rows of a file as tables whose columns have the types decided in memory. */
export async function openTableSequence(options: TableSequenceOptions): Promise<TableSequence> {
  const { facts, columns, ranges, wanted, seed, from } = options;
  const writers = columns.map((column, i) =>
    columnWriter(column, options.typed[i]!, [...missingIn(options.missing, column.name)]),
  );
  const width = columns.length;
  const stream = await openRowStream({
    path: facts.path,
    name: facts.name,
    seed,
    setup: columns.flatMap(({ setup }) => (setup === undefined ? [] : [setup])),
    expressions: columns.map(({ sql }) => sql),
    ranges,
    wanted,
    windowRows: Math.max(1, Math.floor(WINDOW_VALUES / width)),
    double: true,
    threads: 1, // models that train at the same time take the cores
    from,
  });
  let mixed: MixedRows | undefined;
  let at = 0;
  return {
    async take(rows) {
      const table = writers.map((writer) => writer(rows));
      for (let done = 0; done < rows;) {
        if (!mixed || at === mixed.window.rows) {
          const first = !mixed;
          mixed = (await stream.next())!; // the sequence has no end
          at = first ? from - mixed.window.first : 0;
        }
        const count = Math.min(rows - done, mixed.window.rows - at);
        const part = mixed.matrix.subarray(at * width, (at + count) * width);
        for (const [i, { take }] of table.entries()) take(part, i, width, done);
        done += count;
        at += count;
      }
      return { source: facts.name, rows, columns: table.map(({ column }) => column) } satisfies Table;
    },
    close: () => stream.close(),
  };
}

/** A column under way; `take` writes its values of some rows of a matrix from row `to` on. */
interface ColumnWriter {
  readonly column: Column;
  take(matrix: Float32Array | Float64Array, index: number, width: number, to: number): void;
}

function columnWriter(
  { name, kind, levels }: StreamColumn,
  typed: Column,
  missing: readonly string[],
): (rows: number) => ColumnWriter {
  if (levels) return levelWriter(name, kind, levels, typed, missing);
  if (!isNumberColumn(typed)) throw new TypeError(`${name} is streamed as numbers but held as ${typed.type}`);
  const signs = new Set(missing.filter((text) => text.trim() !== "").map(Number));
  return (rows) => {
    const numbers = new Float64Array(rows);
    return {
      column: { name, type: typed.type, numbers },
      take(matrix, index, width, to) {
        for (let i = index; i < matrix.length; i += width) {
          const value = matrix[i]!;
          numbers[to++] = signs.size > 0 && signs.has(value) ? Number.NaN : value;
        }
      },
    };
  };
}

/** Levels are read once with the type of the column, and looked up for each row. */
function levelWriter(
  name: string,
  kind: StreamColumn["kind"],
  levels: readonly string[],
  typed: Column,
  missing: readonly string[],
): (rows: number) => ColumnWriter {
  const values = levels.length === 0 ? undefined : typedLevels(name, kind, levels, typed, missing);
  return (rows) => {
    if (isNumberColumn(typed)) {
      const lookup = values && isNumberColumn(values) ? values.numbers : new Float64Array(0);
      const numbers = new Float64Array(rows);
      const take: ColumnWriter["take"] = (matrix, index, width, to) => {
        for (let i = index; i < matrix.length; i += width) numbers[to++] = lookup[matrix[i]!] ?? Number.NaN;
      };
      return { column: { name, type: typed.type, numbers }, take };
    }
    const lookup = values && !isNumberColumn(values) ? values.strings : [];
    const strings = Array.from({ length: rows }, (): string | null => null);
    const take: ColumnWriter["take"] = (matrix, index, width, to) => {
      for (let i = index; i < matrix.length; i += width) strings[to++] = lookup[matrix[i]!] ?? null;
    };
    return { column: { ...typed, strings }, take };
  };
}

function typedLevels(
  name: string,
  kind: StreamColumn["kind"],
  levels: readonly string[],
  typed: Column,
  missing: readonly string[],
): Column {
  const raw: RawColumn =
    kind === "text"
      ? { name, kind, cells: levels.map((level) => (level === "" ? null : level)) }
      : { name, kind, numbers: Float64Array.from(levels, Number) };
  const beside: RawColumn = {
    name: `${name} beside`,
    kind: "number",
    numbers: new Float64Array(levels.length),
  };
  const setting = "order" in typed && typed.order ? typed.order : typed.type;
  const inspected = inspectTable(
    { source: name, rows: levels.length, columns: [raw, beside], unit: "row" },
    { types: { [name]: setting, [beside.name]: "numeric" }, missing },
  );
  return inspected.columns[0]!;
}
