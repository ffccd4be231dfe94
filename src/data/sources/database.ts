import type { DuckDBConnection } from "@duckdb/node-api";

/** A string as an SQL literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name as an SQL identifier. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * An expression of text as it is to be fetched: the binding drops one U+FEFF at the beginning of every text, as if each were a
 * file, so those that begin with one are given one more.
 */
export const fetchedText = (text: string): string =>
  `CASE WHEN starts_with(${text}, chr(65279)) THEN chr(65279) || ${text} ELSE ${text} END`;

/** The columns of what may stand after FROM, with their names as they are, and their types. */
export async function columnsOf(
  connection: DuckDBConnection,
  from: string,
): Promise<{ readonly name: string; readonly type: string }[]> {
  const described = await connection.runAndReadAll(
    `SELECT ${fetchedText("column_name")} AS name, column_type AS type FROM (DESCRIBE SELECT * FROM ${from})`,
  );
  return described.getRowObjectsJson().map(({ name, type }) => ({ name: String(name), type: String(type) }));
}

/** True for paths that the database takes for a pattern, though a file has that very name. */
export const isPattern = (path: string): boolean => /[*?[]/.test(path);

/** A database in memory, open until it is closed. */
export interface OpenDatabase {
  readonly connection: DuckDBConnection;
  /** Closes the database and its connection. */
  close(): void;
}

/** How much of the machine a database takes. */
export interface DatabaseLimits {
  /** Default 2. */
  readonly threads?: number;
  /** Most memory in MiB; the database's own limit when absent. */
  readonly memory?: number;
  /** True if rows may come in any order; threads then need not wait for each other. */
  readonly anyOrder?: boolean;
}

/**
 * Opens an in-memory database that can touch one file and nothing else: no extensions, no network, no other files.
 */
export async function openDatabase(
  path: string,
  { threads = 2, memory, anyOrder = false }: DatabaseLimits = {},
): Promise<OpenDatabase> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: String(!anyOrder),
    threads: String(threads),
    ...(memory !== undefined && { memory_limit: `${memory}MiB` }),
  });
  const connection = await instance.connect();
  const close = (): void => {
    connection.closeSync();
    instance.closeSync();
  };
  try {
    await lockTo(connection, [path]);
    return { connection, close };
  } catch (cause) {
    close();
    throw cause;
  }
}

/** Runs `use` with a database as `openDatabase` opens it, and closes it. */
export async function withDatabase<T>(
  path: string,
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(path);
  try {
    return await use(database.connection);
  } finally {
    database.close();
  }
}

/**
 * An in-memory database that loads nothing by itself and writes nothing to disk. It works in one thread, so that sums of
 * fractions come out the same every time, and is not locked yet.
 */
export async function openUnlocked(): Promise<OpenDatabase> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: "true",
    temp_directory: "",
    threads: "1",
  });
  const connection = await instance.connect();
  const close = (): void => {
    connection.closeSync();
    instance.closeSync();
  };
  return { connection, close };
}

/** Closes a database to everything but some files, for good. */
export async function lockTo(connection: DuckDBConnection, paths: readonly string[]): Promise<void> {
  await connection.run(`SET allowed_paths = [${paths.map(literal).join(", ")}]`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
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
