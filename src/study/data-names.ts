/** The table of a study: one, or several by their order or under names, whose rows come one after another. */
export type DataNames = string | readonly string[] | Readonly<Record<string, string>>;

/** One table of a study: its source, and the name its rows know it by. */
export interface NamedSource<S = string> {
  readonly name: string;
  readonly source: S;
}

/** The tables of a study, each with its name: the key it is under, else the file's name without folder and ending. */
export function namedSources(data: DataNames): NamedSource[] {
  if (typeof data === "string") return [{ name: stemOf(data), source: data }];
  if (isList(data)) return data.map((source) => ({ name: stemOf(source), source }));
  return Object.entries(data).map(([name, source]) => ({ name, source }));
}

/** True for a study of several tables. */
export const isSeveral = (data: DataNames): data is Exclude<DataNames, string> => typeof data !== "string";

/** The tables in words: the first, and how many more. */
export function dataWords(data: DataNames): string {
  const [first, ...more] = namedSources(data).map(({ source }) => source);
  return more.length === 0 ? (first ?? "") : `${first!} and ${more.length} more`;
}

/** The same tables with other sources. */
export function mapData(data: DataNames, change: (source: string) => string): DataNames {
  if (typeof data === "string") return change(data);
  if (isList(data)) return data.map(change);
  return Object.fromEntries(Object.entries(data).map(([name, source]) => [name, change(source)]));
}

/** The first table, after which runs are called. */
export const firstSource = (data: DataNames): string => namedSources(data)[0]?.source ?? "";

/** Tables named one by one: the table itself where there is one. */
export const oneOrAll = (sources: readonly string[]): DataNames =>
  sources.length === 1 ? sources[0]! : sources;

/** A file's name without its folder and its endings of a table: `2` for `parts/2.csv.gz`. */
export function stemOf(source: string): string {
  const file = source.split(/[\\/]/).findLast((part) => part !== "") ?? source;
  const stem = file.replace(
    /(\.(csv|tsv|tab|txt|parquet|pq|json|jsonl|ndjson|arrow|feather|ipc))?(\.(gz|zst))?$/i,
    "",
  );
  return stem === "" ? file : stem;
}

const isList = (data: DataNames): data is readonly string[] => Array.isArray(data);
