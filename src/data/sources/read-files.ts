import { DataError } from "../../base/errors.js";
import { counted } from "../cleaning.js";
import type { CleaningNote } from "../cleaning.js";
import type { RawColumn, RawTable } from "../raw-table.js";
import { uniteTables } from "../unite-tables.js";
import type { SourceFiles } from "./source-files.js";

/**
 * Reads several files as one table: their rows one after another, their columns united by name, and a column for every
 * `key=value` of their folders that is no column of theirs. Files without rows are left out.
 *
 * @param read gives the table of a file, without rows if it has none.
 * @throws {DataError} if no file has rows.
 */
export async function readFiles(
  source: string,
  { files, partitions }: SourceFiles,
  read: (file: string) => Promise<RawTable>,
): Promise<RawTable> {
  const tables: RawTable[] = [];
  const empty: string[] = [];
  for (const [i, file] of files.entries()) {
    const table = await read(file);
    if (table.rows === 0) empty.push(file);
    else tables.push(withPartitions(table, partitions[i]!));
  }
  if (tables.length === 0) {
    throw new DataError({
      where: source,
      subject: "the tables",
      problem: "have no rows",
      fix: "Export them again.",
    });
  }
  const table = uniteTables(tables);
  const notes = [...(table.notes ?? []), ...emptyNote(empty)];
  return { ...table, source, ...(notes.length > 0 && { notes }) };
}

function withPartitions(table: RawTable, partition: SourceFiles["partitions"][number]): RawTable {
  const own = new Set(table.columns.map(({ name }) => name));
  const added = new Map(partition.filter(([key]) => !own.has(key)));
  const columns = [...added].map(([name, value]): RawColumn => ({
    name,
    kind: "text",
    cells: Array.from({ length: table.rows }, () => value),
  }));
  return { ...table, columns: [...table.columns, ...columns] };
}

function emptyNote(files: readonly string[]): CleaningNote[] {
  if (files.length === 0) return [];
  const named = files.length > 3 ? `${files[0]!} and ${files.length - 1} others` : files.join(", ");
  return [
    { column: "", action: "absent", detail: `${counted(files.length, "file")} without rows: ${named}` },
  ];
}
