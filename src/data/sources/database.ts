import type { DuckDBConnection } from "@duckdb/node-api";

/** A string as an SQL literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name as an SQL identifier. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

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
