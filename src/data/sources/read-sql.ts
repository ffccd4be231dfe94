import type { DuckDBConnection } from "@duckdb/node-api";
import { DataError } from "../../base/errors.js";
import type { RawTable } from "../raw-table.js";
import { readRelation } from "./database-columns.js";
import { identifier, isPattern, literal, lockTo, openUnlocked } from "./database.js";
import { formatOf } from "./formats.js";
import { checkFile } from "./input-file.js";
import { checkJsonDepth } from "./json-form.js";
import { sourceFiles } from "./source-files.js";
import { shownSource, sourceKind } from "./source-kind.js";
import { sqlFault } from "./sql-fault.js";
import {
  type FileMention,
  type Rewritten,
  type Statement,
  parseStatement,
  withFiles,
} from "./sql-statement.js";
import { createTable, createView } from "./sql-tables.js";

const RESULT = "the rows asked for";
const SHOWN = 200; // characters of a statement in messages

/**
 * Runs one SELECT over files and reads its result.
 *
 * The statement is parsed first. The files it names are made tables, under the very names it gives them; then the database is
 * locked, with no way to any other file, and the statement runs. It runs in one thread, so that sums of fractions come out the same
 * every time. Where nothing decides the order of rows (a join or a grouping without ORDER BY) the result is sorted by all its columns
 * from the first to the last, since the order of rows decides which of them train; a note says so.
 *
 * @param read reads a table that the database does not read itself: delimited text, Arrow.
 * @throws {DataError} for SQL that is no single SELECT, names no files or fails, with line and column.
 */
export async function readQuery(
  text: string,
  read: (source: string) => Promise<RawTable>,
): Promise<RawTable> {
  const { connection, close } = await openUnlocked();
  try {
    const statement = await parseStatement(connection, text);
    const bound = await bindFiles(connection, statement, read);
    await lockTo(connection, bound.paths);
    return await runStatement(connection, statement, bound);
  } finally {
    close();
  }
}

/**
 * A query with the names of its files led through a folder, as paths in a file are that stands in this folder.
 *
 * @throws {DataError} as `readQuery` for a statement that cannot be parsed.
 */
export async function queryFromFolder(text: string, folder: string): Promise<string> {
  const { isAbsolute, join } = await import("node:path");
  const { connection, close } = await openUnlocked();
  try {
    const statement = await parseStatement(connection, text);
    return withFiles(statement, ({ name }) => literal(isAbsolute(name) ? name : join(folder, name))).text;
  } finally {
    close();
  }
}

interface Bound extends Rewritten {
  readonly paths: readonly string[];
}

/** Makes every table of a statement, and writes out the files that its functions read. */
async function bindFiles(
  connection: DuckDBConnection,
  statement: Statement,
  read: (source: string) => Promise<RawTable>,
): Promise<Bound> {
  const { resolve } = await import("node:path");
  const paths: string[] = [];
  const written = new Map<FileMention, string>();
  const made = new Map<string, string>();
  for (const mention of statement.files) {
    const { name, role } = mention;
    const files = (await filesOf(name)).map((file) => resolve(file));
    if (role === "argument" || role === "item of a list") {
      if (files.some(isPattern)) throw unreadableName(name);
      if (/json/.test(mention.reader ?? "")) await checkDepths(files);
      const list = files.map(literal).join(", ");
      written.set(mention, role === "argument" && files.length > 1 ? `[${list}]` : list);
      paths.push(...files);
      continue;
    }
    written.set(
      mention,
      role === "table" ? `${identifier(name)} AS ${identifier(stemOf(name))}` : identifier(name),
    );
    const before = made.get(name.toLowerCase());
    if (before === name) continue;
    if (before !== undefined) throw onlyCase(before, name);
    made.set(name.toLowerCase(), name);
    const { format, gzip } = formatOf(files[0]!);
    const ofDatabase = format === "parquet" || format === "json" || format === "jsonl";
    const asIs = ofDatabase && !gzip && !files.some(isPattern);
    if (asIs) {
      paths.push(...files);
      const reader = format === "parquet" ? "read_parquet" : "read_json";
      if (reader === "read_json") await checkDepths(files);
      await createView(connection, name, { paths: files, reader }).catch((error: Error) => {
        throw sqlFault({ text: "", own: statement.text }, error);
      });
    } else await createTable(connection, name, await read(name));
  }
  return { ...withFiles(statement, (mention) => written.get(mention)!), paths };
}

async function checkDepths(files: readonly string[]): Promise<void> {
  for (const file of files) await checkJsonDepth(file, file);
}

/** The files of a name in a statement, all of them there. */
async function filesOf(name: string): Promise<readonly string[]> {
  sourceKind(name);
  const several = await sourceFiles(name);
  if (several) return several.files;
  formatOf(name);
  await checkFile(name);
  return [name];
}

/**
 * Runs a statement whose tables are there, and takes its result out, sorted unless it comes in an order.
 *
 * @param source what messages call it; the statement itself when absent.
 */
export async function runStatement(
  connection: DuckDBConnection,
  statement: Statement,
  { text, back }: Rewritten,
  source = shortened(statement.text),
): Promise<RawTable> {
  const table = `temp.main.${identifier(RESULT)}`;
  try {
    await connection.run(`CREATE TEMP TABLE ${identifier(RESULT)} AS\n${text}`);
  } catch (error) {
    throw sqlFault({ text, back, own: statement.text, linesBefore: 1 }, error as Error);
  }
  if (statement.isOrdered) return readRelation(connection, table, { source, unit: "row" });
  const sorted = identifier(`${RESULT}, sorted`);
  await connection.run(`CREATE TEMP TABLE ${sorted} AS SELECT * FROM ${table} ORDER BY ALL`);
  const read = await readRelation(connection, `temp.main.${sorted}`, { source, unit: "row" });
  const detail =
    "rows sorted by all columns, since the query has no ORDER BY and nothing else decides their order";
  return { ...read, notes: [{ column: "", action: "sorted", detail }] };
}

function shortened(text: string): string {
  const shown = shownSource(text);
  return shown.length > SHOWN ? `${shown.slice(0, SHOWN - 1)}…` : shown;
}

/** `orders` of `data/orders.csv.gz`, as the database names a file's table. */
function stemOf(name: string): string {
  const file = name.split(/[\\/]/).findLast((part) => part !== "") ?? name;
  return file.replace(/(.)\..*$/s, "$1");
}

function onlyCase(a: string, b: string): DataError {
  return new DataError({
    where: "query",
    subject: `the files "${a}" and "${b}"`,
    problem: "have names that differ only in case, which SQL does not tell apart",
    fix: "Rename one of them.",
  });
}

function unreadableName(name: string): DataError {
  return new DataError({
    where: "query",
    subject: `the file "${name}"`,
    problem: "has a sign of a pattern in its name",
    fix: "Name it as a table: FROM 'name'.",
  });
}
