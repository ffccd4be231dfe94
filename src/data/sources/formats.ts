import { DataError } from "../../base/errors.js";

/** The formats tables are read from. */
export type TableFormat = "csv" | "tsv" | "parquet" | "json" | "jsonl" | "arrow";

const BY_ENDING: Readonly<Record<string, TableFormat>> = {
  csv: "csv",
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

/**
 * The format of a file by its name.
 *
 * @throws {DataError} for a name that does not tell it, and for gzipped files other than CSV and TSV.
 */
export function formatOf(source: string, format?: TableFormat): { format: TableFormat; gzip: boolean } {
  const gzip = source !== "-" && /\.gz$/i.test(source);
  const name = gzip ? source.slice(0, -3) : source;
  const ending = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  const found =
    format ?? (source === "-" ? "csv" : Object.hasOwn(BY_ENDING, ending) ? BY_ENDING[ending] : undefined);
  if (found !== undefined && (!gzip || found === "csv" || found === "tsv")) return { format: found, gzip };
  throw new DataError({
    where: source,
    subject: "the file's name",
    expected: "one that ends in .csv, .tsv, .parquet, .json, .jsonl, .arrow, .csv.gz or .tsv.gz",
    got: ending === "" ? "no ending" : `.${ending}${gzip ? ".gz" : ""}`,
    fix: "Convert the table to one of these formats.",
  });
}

/** Whether a file's name is that of a table in a format that is read. */
export function isTableName(name: string): boolean {
  const ending = /\.([^./\\]+)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(BY_ENDING, ending);
}
