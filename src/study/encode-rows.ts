import {
  type CrossFit,
  type InputEncoding,
  type Table,
  chunkOfFeeds,
  columnOf,
  isNumberColumn,
  rawFeeds,
  rowChunks,
} from "../data/index.js";
import type { TensorValue } from "../graph/tensor.js";
import { encodingOnnx, foldInput } from "../model/serving-graph.js";
import type { Runtime, Session } from "../runtime/runtime.js";

const CHUNK_ROWS = 8192; // rows in one run: bounds memory
const CHUNK_LETTERS = 2 ** 24; // as above, where texts are cut into words: all are as long as the longest
const LEAST_ROWS = 64;

/**
 * Encoded inputs `[rows, width]`, row-major, by the very graph a saved model holds.
 *
 * @param crossFit where rows are training rows: encodes each by statistics that its own label is no part of.
 */
export async function encodeRows(
  table: Table,
  encoding: InputEncoding,
  runtime: Runtime,
  crossFit?: CrossFit,
): Promise<Float32Array> {
  const session = await runtime.open(encodingOnnx(encoding, crossFit?.withoutFold));
  try {
    return await encodeWith(session, table, encoding, crossFit);
  } finally {
    await session.close();
  }
}

/** As `encodeRows`, by a session of the encoding that stays open. */
export async function encodeWith(
  session: Session,
  table: Table,
  encoding: InputEncoding,
  crossFit?: CrossFit,
): Promise<Float32Array> {
  const encoded = new Float32Array(table.rows * encoding.width);
  const fold = crossFit && { dtype: "int32" as const, shape: [table.rows], data: crossFit.foldOf };
  const feeds: Record<string, TensorValue> = Object.assign(
    Object.create(null), // so that a column may be named __proto__
    rawFeeds(encoding, table),
    fold && { [foldInput(encoding)]: fold },
  );
  for (const { from, to } of rowChunks(table.rows, chunkRows(encoding, table))) {
    const values = await session.run(chunkOfFeeds(feeds, from, to));
    encoded.set(values["encoded"]!.data as Float32Array, from * encoding.width);
  }
  return encoded;
}

function chunkRows({ inputs }: InputEncoding, table: Table): number {
  const texts = inputs.filter(({ type }) => type === "text").map(({ name }) => columnOf(table, name));
  const longest = texts.reduce(
    (most, column) =>
      isNumberColumn(column)
        ? most
        : column.strings.reduce((length, text) => Math.max(length, text?.length ?? 0), most),
    1,
  );
  return Math.max(LEAST_ROWS, Math.min(CHUNK_ROWS, Math.floor(CHUNK_LETTERS / longest)));
}
