import type { InputEncoding, Table } from "../data/index.js";
import { nodeRuntime } from "../runtime/node.js";
import { encodeRows } from "./encode-rows.js";

/** As `encodeRows`, on a runtime of its own. */
export async function encodeTable(
  table: Table,
  encoding: InputEncoding,
): Promise<{ data: Float32Array; width: number }> {
  const runtime = await nodeRuntime({ workers: 1 });
  try {
    return { data: await encodeRows(table, encoding, runtime), width: encoding.width };
  } finally {
    await runtime.close();
  }
}
