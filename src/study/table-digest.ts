import { createHash } from "node:crypto";
import type { Table } from "../data/index.js";

/** A digest of a table's names, types and values, for telling one table from another. */
export function tableDigest({ columns, rows }: Pick<Table, "columns" | "rows">): string {
  const hash = createHash("sha256").update(String(rows));
  for (const column of columns) {
    hash.update(JSON.stringify([column.name, column.type]));
    if ("numbers" in column) {
      const { buffer, byteOffset, byteLength } = column.numbers;
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    } else {
      for (const text of column.strings) hash.update(text === null ? "\u0000" : `"${text}\n`);
    }
  }
  return hash.digest("hex").slice(0, 32);
}
