import type { DuckDBConnection } from "@duckdb/node-api";
import { fetchedText, literal } from "./database.js";
import type { TableFormat } from "./formats.js";

/**
 * The names that columns have in a file where the database, which does not tell `y` from `Y`, reads `y` and `Y_1`.
 *
 * @param own the database's names, in the order of the file's columns.
 */
export async function namesInFile(
  connection: DuckDBConnection,
  path: string,
  format: TableFormat,
  own: readonly string[],
): Promise<readonly string[]> {
  const lower = new Set(own.map((name) => name.toLowerCase()));
  const isChanged = (name: string): boolean =>
    FOR_NO_NAME.test(name) || (lower.has(withoutNumber(name).toLowerCase()) && withoutNumber(name) !== name);
  if (!own.some(isChanged)) return own;
  const names =
    format === "parquet" ? await parquetNames(connection, path) : await jsonNames(connection, path, format);
  const agree = names.length === own.length && names.every((name, i) => own[i]!.startsWith(name));
  const named = names.map((name, i) => (name.trim() === "" ? `column ${i + 1}` : name)); // as in delimited text
  return agree && new Set(named).size === named.length ? named : own;
}

/** What the database calls a column whose name is empty. */
export const FOR_NO_NAME = /^C\d+$/;

const withoutNumber = (name: string): string => name.replace(/_\d+$/, "");

/** Names of the outermost columns: the schema lists every node before its children. */
async function parquetNames(connection: DuckDBConnection, path: string): Promise<string[]> {
  const read = await connection.runAndReadAll(
    `SELECT ${fetchedText("name")} AS name, coalesce(num_children, 0)::INTEGER AS children FROM parquet_schema(${literal(path)})`,
  );
  const nodes = read.getRowObjectsJson();
  const names: string[] = [];
  let at = 1; // after the root
  while (at < nodes.length) {
    names.push(String(nodes[at]!["name"]));
    let open = 1;
    while (open > 0 && at < nodes.length) open += Number(nodes[at++]!["children"]) - 1;
  }
  return names;
}

/** All keys in order of their first appearance, which is the order of the database's columns. */
async function jsonNames(connection: DuckDBConnection, path: string, format: TableFormat): Promise<string[]> {
  const shape = format === "json" ? "array" : "newline_delimited"; // not found by itself after a byte order mark
  const objects = `read_json_objects(${literal(path)}, format = '${shape}', compression = 'uncompressed')`;
  const read = await connection.runAndReadAll(
    `SELECT ${fetchedText("key")} AS name FROM (SELECT key, row_number() OVER () AS place FROM (SELECT unnest(json_keys(json)) AS key FROM ${objects}))
     GROUP BY key ORDER BY min(place)`,
  );
  return read.getRowObjectsJson().map(({ name }) => String(name));
}
