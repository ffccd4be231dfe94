import { DataError } from "../../base/errors.js";
import { naturalOrder } from "../../base/natural-order.js";
import { formatOf, isTableName } from "./formats.js";

/** The files of a folder or pattern, in natural order, with what their folders' names tell of them. */
export interface SourceFiles {
  readonly files: readonly string[];
  /** Of each file, the `key=value` folders on its way, outermost first; null for a value that stands for none. */
  readonly partitions: readonly (readonly (readonly [key: string, value: string | null])[])[];
}

/**
 * The files that a path names when it is a folder or a pattern: all tables of one format in the folder and the folders in
 * it, or all files that fit `*`, `?`, `[abc]` and `**`. What begins with a dot or an underline is hidden.
 *
 * @returns undefined for a path to one file, and for one that leads nowhere.
 * @throws {DataError} for a folder without tables or with several formats, and a pattern that fits no file.
 */
export async function sourceFiles(source: string): Promise<SourceFiles | undefined> {
  const { stat } = await import("node:fs/promises");
  const found = await stat(source).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) return undefined;
  if (found === undefined && !/[*?[]/.test(source)) return undefined;
  const segments = source.split(/[\\/]/);
  const fixed = found ? segments.length : segments.findIndex((segment) => /[*?[]/.test(segment));
  const base = segments.slice(0, fixed).join("/") || (source.startsWith("/") ? "/" : ".");
  const below = await filesBelow(base, found ? undefined : segments.slice(fixed));
  const wanted = found ? below.filter((path) => isTableName(path.at(-1)!)) : below;
  const ordered = wanted.toSorted(byNaturalOrder);
  const prefix = segments.slice(0, fixed).filter((segment, i) => segment !== "" || i === 0);
  const files = ordered.map((path) => [...prefix, ...path].join("/"));
  refuse(source, files, found !== undefined);
  return { files, partitions: ordered.map((path) => path.slice(0, -1).flatMap(partitionOf)) };
}

/** Paths below a folder, by segments, that fit a pattern or are not hidden; links to folders are not followed. */
async function filesBelow(folder: string, pattern?: readonly string[]): Promise<string[][]> {
  const { readdir, stat } = await import("node:fs/promises");
  const { join } = await import("node:path");
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const [first, ...rest] = pattern ?? [];
  const found: string[][] = [];
  for (const entry of entries) {
    const { name } = entry;
    const path = join(folder, name);
    const hidden = /^[._]/.test(name);
    const isFile =
      entry.isFile() ||
      (entry.isSymbolicLink() && ((await stat(path).catch(() => undefined))?.isFile() ?? false));
    const into = async (below?: readonly string[]): Promise<void> => {
      for (const path of await filesBelow(join(folder, name), below)) found.push([name, ...path]);
    };
    if (pattern === undefined) {
      if (hidden) continue;
      if (isFile) found.push([name]);
      else if (entry.isDirectory()) await into();
    } else if (first === "**") {
      if (isFile && rest.length === 1 && fits(name, rest[0]!)) found.push([name]);
      else if (entry.isDirectory() && !hidden) await into(pattern);
      if (entry.isDirectory() && rest.length > 1 && fits(name, rest[0]!)) await into(rest.slice(1));
    } else if (fits(name, first!)) {
      if (isFile && rest.length === 0) found.push([name]);
      else if (entry.isDirectory() && rest.length > 0) await into(rest);
    }
  }
  return pattern === undefined ? found : distinct(found);
}

function distinct(paths: readonly string[][]): string[][] {
  return [...new Map(paths.map((path) => [path.join("/"), path])).values()];
}

/** Whether a name fits a segment of a pattern; what is hidden only fits one that begins alike. */
function fits(name: string, pattern: string): boolean {
  if (/^[._]/.test(name) && name[0] !== pattern[0]) return false;
  const source = pattern.replaceAll(
    /\[(!?)([^\]]+)\]|[^]/gu,
    (part, negated: string | undefined, set?: string) => {
      if (set !== undefined) return `[${negated ? "^" : ""}${set.replaceAll(/[\\^[\]]/g, String.raw`\$&`)}]`;
      if (part === "*") return "[^]*";
      return part === "?" ? "[^]" : part.replace(/[\\^$.*+?()[\]{}|/-]/u, String.raw`\$&`);
    },
  );
  try {
    return new RegExp(`^${source}$`, "u").test(name);
  } catch {
    return name === pattern; // such as [z-a], which fits nothing else
  }
}

function partitionOf(segment: string): [string, string | null][] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(segment) ?? [];
  if (key === undefined || value === undefined) return [];
  const isNone = value === "" || value === "__HIVE_DEFAULT_PARTITION__";
  return [[decoded(key), isNone ? null : decoded(value)]];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a % that escapes nothing stands for itself
  }
}

function refuse(source: string, files: readonly string[], isFolder: boolean): void {
  const where = { where: source, setting: ["data"] } as const;
  if (files.length === 0) {
    throw new DataError({
      ...where,
      subject: isFolder ? "the folder" : "the pattern",
      problem: isFolder ? "holds no table" : "fits no file",
      fix: isFolder
        ? "Name the folder that holds the tables."
        : "Check the path, and put it in quotes on the command line.",
    });
  }
  if (!isFolder) return;
  const formats = new Map(files.map((file) => [formatOf(file).format, file]));
  if (formats.size === 1) return;
  const examples = [...formats].map(([format, file]) => `${format} (${file})`).join(", ");
  throw new DataError({
    ...where,
    subject: "the folder",
    expected: "tables of one format",
    got: examples,
    fix: `Name those that are meant: ${source.replace(/\/$/, "")}/*.${[...formats.keys()][0]!}.`,
  });
}

function byNaturalOrder(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const found = naturalOrder(a[i]!, b[i]!);
    if (found !== 0) return found;
  }
  return a.length - b.length;
}
