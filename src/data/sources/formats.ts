import { DataError } from "../../base/errors.js";

/** The formats tables are read from. */
export type TableFormat = "csv" | "tsv" | "parquet" | "json" | "jsonl" | "arrow";

const BY_ENDING: Readonly<Record<string, TableFormat>> = {
  csv: "csv",
  txt: "csv",
  tsv: "tsv",
  tab: "tsv",
  parquet: "parquet",
  pq: "parquet",
  json: "json",
  jsonl: "jsonl",
  ndjson: "jsonl",
  arrow: "arrow",
  feather: "arrow",
  ipc: "arrow",
};

/** What to do with files of other formats, by their ending. */
const REMEDIES: Readonly<Record<string, string>> = {
  zip: "Unzip it and name the table inside.",
  xlsx: "Save the sheet as CSV (UTF-8).",
  xlsm: "Save the sheet as CSV (UTF-8).",
  xls: "Save the sheet as CSV (UTF-8).",
  ods: "Save the sheet as CSV (UTF-8).",
  bz2: "Decompress it with bunzip2, or compress it with gzip.",
  zst: "Decompress it with unzstd, or compress it with gzip.",
  xz: "Decompress it with unxz, or compress it with gzip.",
  "7z": "Unpack it and name the table inside.",
  tar: "Unpack it and name the table inside.",
  tgz: "Unpack it and name the table inside.",
};

/**
 * The format of a file by its name.
 *
 * @throws {DataError} for a name that does not tell it, and for gzipped Parquet.
 */
export function formatOf(source: string, format?: TableFormat): { format: TableFormat; gzip: boolean } {
  const gzip = source !== "-" && /\.gz$/i.test(source);
  const name = gzip ? source.slice(0, -3) : source;
  const ending = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  const found =
    format ?? (source === "-" ? "csv" : Object.hasOwn(BY_ENDING, ending) ? BY_ENDING[ending] : undefined);
  if (found !== undefined && (!gzip || found !== "parquet")) return { format: found, gzip };
  const known = Object.hasOwn(REMEDIES, ending) ? REMEDIES[ending] : undefined;
  const fix = gzip && found === "parquet" ? "Decompress it with gunzip." : known;
  throw new DataError({
    where: source,
    subject: "the file's name",
    expected: "one that ends in .csv, .tsv, .txt, .json, .jsonl, .arrow (all also with .gz) or .parquet",
    got: ending === "" ? "no ending" : `.${ending}${gzip ? ".gz" : ""}`,
    fix: fix ?? "Convert the table to one of these formats.",
  });
}

/** Whether a file's name is that of a table in a format that is read. */
export function isTableName(name: string): boolean {
  const ending = /\.([^./\\]+)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(BY_ENDING, ending);
}
