import type { Column, DataType, Table } from "@uwdata/flechette";
import { DataError } from "../../base/errors.js";
import { emptyLists, listColumns, refuseEqualNames, unequalLists } from "../number-lists.js";
import { DAY_MS } from "../spellings.js";
import type { RawColumn, RawTable } from "../raw-table.js";

/**
 * Reads the bytes of an Arrow file: the IPC file format (Feather version 2) or stream, also with LZ4 or Zstandard buffers.
 *
 * @throws {DataError} for bytes that are no Arrow file, columns of other types than strings, numbers, booleans, dates and
 * arrays of numbers, no rows, equal names.
 */
export async function readArrow(bytes: Uint8Array, source: string): Promise<RawTable> {
  let table: Table;
  try {
    table = await decoded(bytes);
  } catch (cause) {
    throw new DataError(
      {
        where: source,
        subject: "the file",
        problem: `cannot be read as Arrow: ${(cause as Error).message.split("\n")[0]!.replace(/\.$/, "")}`,
        fix: "Export the table again.",
      },
      { cause },
    );
  }
  const { fields } = table.schema;
  const kinds = fields.map(({ type }) => kindOf(type));
  refuseTypes(
    fields.filter((_, i) => kinds[i] === undefined),
    source,
  );
  const columns = fields.flatMap(({ name, type }, i) =>
    rawColumns({ name, type, kind: kinds[i]! }, table.getChildAt(i), source),
  );
  refuseEqualNames(columns, source);
  return { source, rows: table.numRows, columns, unit: "row" };
}

/**
 * The decoder's inner parts are used, since its outermost one reads dictionaries in the order of a file's bytes. In a file (but
 * not in a stream) they may stand after the rows that need them, and with polars they do.
 */
async function decoded(bytes: Uint8Array): Promise<Table> {
  const { decodeIPC } = await import("@uwdata/flechette/src/decode/decode-ipc.js");
  const { createTable } = await import("@uwdata/flechette/src/decode/table-from-ipc.js");
  const { setCompressionCodec } = await import("@uwdata/flechette/src/compression.js");
  const { lz4Codec, zstdCodec } = await import("./arrow-codecs.js");
  setCompressionCodec(0, lz4Codec);
  setCompressionCodec(1, zstdCodec);
  const { dictsBeforeRecord, ...data } = decodeIPC(bytes);
  const isFile = String.fromCharCode(...bytes.subarray(0, 6)) === "ARROW1";
  return createTable(isFile ? data : { ...data, dictsBeforeRecord }, { useBigInt: true });
}

/** What a column of a type becomes; `list` for arrays of numbers. Types are numbered as in Arrow's Schema.fbs. */
type Kind = RawColumn["kind"] | "list";

const TYPES: Readonly<Record<number, Kind>> = {
  1: "text", // Null
  2: "number", // Int
  3: "number", // FloatingPoint
  5: "text", // Utf8
  6: "boolean", // Bool
  7: "number", // Decimal
  8: "date", // Date
  10: "date", // Timestamp
  20: "text", // LargeUtf8
  24: "text", // Utf8View
};
const LISTS = new Set([12, 16, 21, 25, 26]); // List, FixedSizeList, LargeList, ListView, LargeListView
const DICTIONARY = -1;
const RUN_ENDS = 22;

function kindOf(type: DataType): Kind | undefined {
  if (type.typeId === DICTIONARY) return kindOf((type as DataType & { dictionary: DataType }).dictionary);
  const inner = (type as { children?: readonly { type: DataType }[] }).children ?? [];
  if (type.typeId === RUN_ENDS) return kindOf(inner[1]!.type);
  if (!LISTS.has(type.typeId)) return TYPES[type.typeId];
  const of = kindOf(inner[0]!.type);
  return of === "number" || of === "boolean" ? "list" : undefined;
}

function rawColumns(
  { name, type, kind }: { readonly name: string; readonly type: DataType; readonly kind: Kind },
  column: Column<unknown>,
  source: string,
): RawColumn[] {
  const rows = column.length;
  if (kind === "list") return listColumns(lists(name, column, source), rows);
  if (kind === "text") {
    const cells = Array.from(column, (value) => (value === null || value === "" ? null : String(value)));
    return [{ name, kind, cells }];
  }
  const scale = kind === "date" ? 1 / DAY_MS : 1;
  const numbers = new Float64Array(rows);
  let row = 0;
  for (const value of column) numbers[row++] = value === null ? Number.NaN : Number(value) * scale;
  if (kind === "date" && type.typeId === 8)
    for (let i = 0; i < rows; i++) numbers[i] = Math.floor(numbers[i]!);
  return [{ name, kind, numbers }];
}

function lists(name: string, column: Column<unknown>, source: string): Parameters<typeof listColumns>[0] {
  const values = Array.from(column, (value) => value as ArrayLike<number | bigint | boolean | null> | null);
  const first = values.findIndex((value) => value !== null);
  const width = values[first]?.length ?? 0;
  if (width === 0) throw emptyLists(source, name, first >= 0);
  const numbers = new Float64Array(values.length * width).fill(Number.NaN);
  for (const [row, list] of values.entries()) {
    if (list === null) continue;
    if (list.length !== width) {
      const where = `${source} row ${row + 1}`;
      throw unequalLists(where, name, { width, found: list.length, first: `row ${first + 1}` });
    }
    for (let i = 0; i < width; i++) {
      const value = list[i];
      if (value !== null) numbers[row * width + i] = Number(value);
    }
  }
  return { name, width, numbers };
}

function refuseTypes(
  fields: readonly { readonly name: string; readonly type: DataType }[],
  source: string,
): void {
  const [first] = fields;
  if (first === undefined) return;
  throw new DataError({
    where: source,
    subject: `${fields.length === 1 ? "column" : "columns"} ${fields.map(({ name }) => `"${name}"`).join(", ")}`,
    expected: "strings, numbers, booleans, dates or arrays of numbers",
    got: NAMES[first.type.typeId] ?? "a nested type",
    fix: "Convert the column, flatten it into columns of their own, or leave it out.",
  });
}

const NAMES: Readonly<Record<number, string>> = {
  4: "binary",
  9: "times of day",
  11: "intervals",
  12: "lists of other things",
  13: "structs",
  14: "unions",
  15: "fixed-size binary",
  16: "lists of other things",
  17: "maps",
  18: "durations",
  19: "large binary",
  21: "lists of other things",
  23: "binary views",
};
