import { type Column, type InputEncoding, type Table, columnOf, isNumberColumn } from "../data/index.js";
import type { StreamedTable } from "../data/streamed-table.js";
import { encodingOnnx } from "../model/serving-graph.js";
import type { Runtime } from "../runtime/runtime.js";
import { kindOf } from "../tasks/index.js";
import type { Task, Truth } from "../tasks/task-kind.js";
import type { StreamedRows } from "../training/streamed-rows.js";
import { encodeWith } from "./encode-rows.js";
import { type PreparedTask, targetColumn } from "./plan-tasks.js";

/** What streamed rows are coded with. */
export interface StreamedRowsOptions {
  readonly source: StreamedTable;
  /** The rows in memory. */
  readonly table: Table;
  readonly planned: readonly PreparedTask[];
  readonly tasks: readonly Task[];
  readonly encoding: InputEncoding;
  readonly runtime: Runtime;
}

/** A streamed table as training takes it: inputs encoded by the very graph the saved model holds, targets coded. */
export function streamedRows(options: StreamedRowsOptions): StreamedRows {
  const { source, table, planned, tasks, encoding, runtime } = options;
  const inputs = encoding.inputs.map(({ name }) => name);
  const targets = planned.flatMap(({ name, part }) => (part ? [part.target, part.by] : [name]));
  const columns = [...new Set([...inputs, ...targets])];
  const onnx = encodingOnnx(encoding);
  const truthsOf = (rows: Table): Record<string, Truth> =>
    Object.fromEntries(
      tasks.map(({ name, coding }, t) => [
        name,
        kindOf(coding).truth(coding, targetColumn(rows, planned[t]!)),
      ]),
    );
  return {
    perPass: source.train,
    identity: source.identity,
    async open(from, beside) {
      const sequence = await source.open(columns, from);
      const session = await runtime.open(onnx, { beside });
      return {
        async take(rows) {
          const taken = await sequence.take(rows);
          return { rows, encoded: await encodeWith(session, taken, encoding), truths: truthsOf(taken) };
        },
        async close() {
          await sequence.close();
          await session.close();
        },
      };
    },
    async encoder(beside) {
      const session = await runtime.open(onnx, { beside });
      return {
        encode: (rows) => encodeWith(session, rowsOf(table, inputs, rows), encoding),
        close: () => session.close(),
      };
    },
  };
}

/** Some rows of some columns, as a table of their own. */
function rowsOf(table: Table, names: readonly string[], rows: Int32Array): Table {
  const columns = names.map((name): Column => {
    const column = columnOf(table, name);
    return isNumberColumn(column)
      ? { ...column, numbers: Float64Array.from(rows, (row) => column.numbers[row]!) }
      : { ...column, strings: Array.from(rows, (row) => column.strings[row] ?? null) };
  });
  return { source: table.source, rows: rows.length, columns };
}
