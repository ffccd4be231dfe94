import { sourceKind } from "./source-kind.js";

/**
 * A source that a file in a folder names: its paths are led through the folder, unless they are absolute. A query's files are
 * found by its parse.
 *
 * @throws {DataError} for an address, and for a query that cannot be parsed.
 */
export async function sourceFromFolder(source: string, folder: string): Promise<string> {
  const { isAbsolute, join } = await import("node:path");
  const through = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const kind = sourceKind(source);
  if (kind === "path") return through(source);
  if (folder === "." || kind === "stream" || kind === "postgres") return source;
  if (kind === "sqlite") {
    const [, scheme = "", path = "", rest = ""] = /^(sqlite:)([^?#]*)(.*)$/is.exec(source) ?? [];
    return `${scheme}${through(path)}${rest}`;
  }
  const { queryFromFolder } = await import("./read-sql.js");
  return queryFromFolder(source, folder);
}
