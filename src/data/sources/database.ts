import type { DuckDBConnection } from "@duckdb/node-api";

/** A string as an SQL literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name as an SQL identifier. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** True for paths that the database takes for a pattern, though a file has that very name. */
export const isPattern = (path: string): boolean => /[*?[]/.test(path);

/**
 * Runs `use` with an in-memory database that can touch one file and nothing else: no extensions, no network, no other
 * files.
 */
export async function withDatabase<T>(
  path: string,
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: "true",
    threads: "2",
  });
  const connection = await instance.connect();
  try {
    await connection.run(`SET allowed_paths = [${literal(path)}]`);
    await connection.run("SET enable_external_access = false");
    await connection.run("SET lock_configuration = true");
    return await use(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The database's own words up to the first full stop or line end, without the path. */
export function shortReason(error: Error, path: string): string {
  const line = error.message
    .split("\n")[0]!
    .replaceAll(` in file "${path}"`, "")
    .replaceAll(path, "the file");
  const reason = line
    .replace(/^[A-Z][A-Za-z ]*Error: /, "")
    .replace(/\. .*$/, "")
    .replace(/[.:\s]+$/, "");
  return reason.length > 160 ? `${reason.slice(0, 159)}…` : reason;
}
