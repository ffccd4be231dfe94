/** Spellings of a missing value beside the empty cell: of all columns, or by column with those of all columns under `*`. */
export type MissingSpellings = readonly string[] | Readonly<Record<string, readonly string[]>>;

/** The spellings of a missing value in one column. */
export function missingIn(missing: MissingSpellings, column: string): ReadonlySet<string> {
  if (isList(missing)) return new Set(missing);
  const own = (key: string): readonly string[] => (Object.hasOwn(missing, key) ? missing[key]! : []);
  return new Set([...own("*"), ...own(column)]);
}

/** The columns that have spellings of their own. */
export const columnsWithMissing = (missing: MissingSpellings): string[] =>
  isList(missing) ? [] : Object.keys(missing).filter((name) => name !== "*");

/** Both together: what the later says of a column replaces what the earlier says of it. */
export function mergedMissing(before: MissingSpellings, after: MissingSpellings): MissingSpellings {
  if (isList(before) && isList(after)) return after;
  return { ...byColumn(before), ...byColumn(after) };
}

/** The numbers among spellings, by value: `-999` also means a cell of `-999.0` in a column of numbers. */
export function listedNumbers(missing: ReadonlySet<string>): ReadonlyMap<number, string> {
  const numbers = [...missing].filter((text) => text.trim() !== "" && !Number.isNaN(Number(text)));
  return new Map(numbers.map((text) => [Number(text), text]));
}

const byColumn = (missing: MissingSpellings): Readonly<Record<string, readonly string[]>> =>
  isList(missing) ? (missing.length > 0 ? { "*": missing } : {}) : missing;

const isList = (missing: MissingSpellings): missing is readonly string[] => Array.isArray(missing);
