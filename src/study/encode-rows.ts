import { type InputEncoding, type Table, chunkOfFeeds, rawFeeds, rowChunks } from "../data/index.js";
import { encodingOnnx } from "../model/serving-graph.js";
import type { Runtime } from "../runtime/runtime.js";

const CHUNK_ROWS = 8192; // rows in one run: bounds memory

/** Encoded inputs `[rows, width]`, row-major, by the very graph a saved model holds. */
export async function encodeRows(
  table: Table,
  encoding: InputEncoding,
  runtime: Runtime,
): Promise<Float32Array> {
  const session = await runtime.open(encodingOnnx(encoding));
  try {
    const encoded = new Float32Array(table.rows * encoding.width);
    const feeds = rawFeeds(encoding, table);
    for (const { from, to } of rowChunks(table.rows, CHUNK_ROWS)) {
      const values = await session.run(chunkOfFeeds(feeds, from, to));
      encoded.set(values["encoded"]!.data as Float32Array, from * encoding.width);
    }
    return encoded;
  } finally {
    await session.close();
  }
}
