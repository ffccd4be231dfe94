import type { DuckDBConnection } from "@duckdb/node-api";
import { DataError } from "../../base/errors.js";
import { didYouMean } from "../../base/nearest.js";
import { literal } from "./database.js";
import { faultAt } from "./sql-fault.js";

/** A name of a file in a statement, and the bytes of UTF-8 that hold it with its quotes. */
export interface FileMention {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Where it stands: as a table, which is called by the file's stem unless it has an alias; or in a function's arguments. */
  readonly role: "table" | "table with alias" | "argument" | "item of a list";
  /** The function that it is an argument of, in small letters. */
  readonly reader?: string;
}

/** What a statement reads, by the database's own parse of it. */
export interface Statement {
  readonly text: string;
  readonly files: readonly FileMention[];
  /** True if the rows come in an order that the statement or its one table decides. */
  readonly isOrdered: boolean;
  /** True if it has an ORDER BY of its own. */
  readonly hasOrder: boolean;
}

/** Functions that read files, whose first argument names them. */
const READERS = new Set(
  "read_csv read_csv_auto read_parquet parquet_scan read_json read_json_auto read_ndjson read_ndjson_auto".split(
    " ",
  ),
);
/** Table functions that read nothing. */
const PURE = new Set("range generate_series unnest repeat repeat_row".split(" "));
/** Functions that the database calls unsteady and that change no result. */
const HARMLESS = new Set("error current_database current_schema current_schemas in_search_path".split(" "));
/** Functions of JSON that call themselves for each level of a text, which ends the process where there are very many. */
const BOTTOMLESS = new Set(
  "json_structure json_group_structure json_merge_patch json_contains json_pretty".split(" "),
);

/** A node of a parsed statement, as `json_serialize_sql` writes it. */
type Node = Readonly<Record<string, unknown>>;

/**
 * Parses a statement without running it.
 *
 * @throws {DataError} for broken SQL; for more than one statement or anything but SELECT; for functions and tables that are
 * no files (over a database: for tables that are files); for file names that are not written out; and for what gives other rows at every run, such as `random()`.
 */
export async function parseStatement(
  connection: DuckDBConnection,
  text: string,
  { over = "files" }: { readonly over?: "files" | "a database" } = {},
): Promise<Statement> {
  const read = await connection.runAndReadAll(`SELECT json_serialize_sql(${literal(text)}) AS parsed`);
  const parsed = JSON.parse(String(read.getRowObjectsJson()[0]!["parsed"])) as Node;
  if (parsed["error"] === true) {
    const message = String(parsed["error_message"]);
    if (String(parsed["error_type"]) === "not implemented") throw onlySelect();
    const position = Number(parsed["position"]);
    const at = Number.isFinite(position) ? Buffer.from(text).toString("utf8", 0, position).length : undefined;
    throw faultAt(text, at, { reason: message });
  }
  const statements = parsed["statements"] as readonly { readonly node: Node }[];
  if (statements.length !== 1) throw onlySelect();
  const { node } = statements[0]!;
  const nodes = nodesOf(node);
  refuseUnsteady(nodes, await unsteadyFunctions(connection));
  refuseBottomless(nodes);
  const named = new Set(nodes.flatMap(commonNames));
  const bytes = Buffer.from(text);
  if (over === "a database") refuseFunctions(nodes);
  const files = over === "files" ? nodes.flatMap((found) => mentionsIn(found, bytes, named)) : [];
  const ordered = hasOrder(node);
  return { text, files, hasOrder: ordered, isOrdered: ordered || isPlainScan(node, nodes) };
}

/** A statement with other words for its files, and the way from a place in it back to the statement as it was written. */
export interface Rewritten {
  readonly text: string;
  /** @returns the character of the statement for a character of `text`. */
  readonly back: (character: number) => number;
}

/** The statement with other words for its files. */
export function withFiles({ text, files }: Statement, write: (mention: FileMention) => string): Rewritten {
  const bytes = Buffer.from(text);
  const parts: { readonly own: string; readonly written: string }[] = [];
  let at = 0;
  for (const mention of files.toSorted((a, b) => a.from - b.from)) {
    const before = bytes.toString("utf8", at, mention.from);
    const own = bytes.toString("utf8", mention.from, mention.to);
    parts.push({ own: before, written: before }, { own, written: write(mention) });
    at = mention.to;
  }
  const rest = bytes.toString("utf8", at);
  parts.push({ own: rest, written: rest });
  const back = (character: number): number => {
    let [left, start] = [character, 0];
    for (const { own, written } of parts) {
      if (left < written.length) return start + Math.min(left, own.length);
      left -= written.length;
      start += own.length;
    }
    return start;
  };
  return { text: parts.map(({ written }) => written).join(""), back };
}

/** Every object of the tree. */
function nodesOf(value: unknown): Node[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.values(value).flatMap(nodesOf);
  return Array.isArray(value) ? inner : [value as Node, ...inner];
}

/** Names of common table expressions, which are tables of the statement's own. */
function commonNames(node: Node): string[] {
  const map = (node["cte_map"] as { map?: readonly { key?: string }[] } | undefined)?.map ?? [];
  const names = map.map(({ key }) => String(key).toLowerCase());
  return typeof node["cte_name"] === "string" ? [...names, node["cte_name"].toLowerCase()] : names;
}

function mentionsIn(node: Node, bytes: Buffer, named: ReadonlySet<string>): FileMention[] {
  if (node["type"] === "SHOW_REF") throw onlySelect();
  if (node["type"] === "BASE_TABLE") {
    const name = String(node["table_name"]);
    const qualified = [node["catalog_name"], node["schema_name"]].map(String).filter((part) => part !== "");
    if (qualified.length === 0 && named.has(name.toLowerCase())) return [];
    const mention = mentionAt(bytes, Number(node["query_location"]), name);
    if (mention === undefined || qualified.length > 0) throw noFile([...qualified, name].join("."));
    return [{ ...mention, role: String(node["alias"]) === "" ? "table" : "table with alias" }];
  }
  if (node["type"] !== "TABLE_FUNCTION") return [];
  const call = node["function"] as Node;
  const name = String(call["function_name"]).toLowerCase();
  if (PURE.has(name)) return [];
  if (!READERS.has(name)) throw noReader(name);
  const [first] = call["children"] as readonly Node[];
  const names = first === undefined ? [] : namesIn(first);
  const mentions = names.map((constant) =>
    mentionAt(bytes, Number(constant["query_location"]), valueOf(constant)),
  );
  const known = mentions.filter((mention) => mention !== undefined);
  if (known.length === 0 || known.length < names.length) throw notWritten(name);
  const role = first!["class"] === "CONSTANT" ? "argument" : "item of a list";
  return known.map((mention) => ({ ...mention, role, reader: name }));
}

/** Over a database no function may read anything else. */
function refuseFunctions(nodes: readonly Node[]): void {
  if (nodes.some(({ type }) => type === "SHOW_REF")) throw onlySelect();
  const names = nodes
    .filter(({ type }) => type === "TABLE_FUNCTION")
    .map((node) => String((node["function"] as Node)["function_name"]).toLowerCase());
  const found = names.find((name) => !PURE.has(name));
  if (found !== undefined)
    throw refused(
      `the function ${found}`,
      "reads another place than the database",
      "Name tables of the database.",
    );
}

/** The constants of a file argument: one name or a list of names; none if it is anything else. */
function namesIn(argument: Node): readonly Node[] {
  if (argument["class"] === "CONSTANT") return [argument];
  const children = (argument["children"] as readonly Node[] | undefined) ?? [];
  const isList = argument["type"] === "ARRAY_CONSTRUCTOR" || argument["function_name"] === "list_value";
  return isList && children.every((child) => child["class"] === "CONSTANT") ? children : [];
}

const valueOf = (constant: Node): string => String((constant["value"] as Node)["value"]);

/** The quoted name that stands at a byte; undefined where none does, or another. */
function mentionAt(
  bytes: Buffer,
  from: number,
  name: string,
): Pick<FileMention, "name" | "from" | "to"> | undefined {
  const quote = bytes[from];
  if (quote !== 39 && quote !== 34) return undefined;
  let to = from + 1;
  while (to < bytes.length && (bytes[to] !== quote || bytes[to + 1] === quote))
    to += bytes[to] === quote ? 2 : 1;
  const sign = String.fromCharCode(quote);
  const written = bytes.toString("utf8", from + 1, to).replaceAll(sign + sign, sign);
  return written === name ? { name, from, to: to + 1 } : undefined;
}

const modifiers = (node: Node): readonly Node[] => (node["modifiers"] as readonly Node[] | undefined) ?? [];

const hasOrder = (node: Node): boolean => modifiers(node).some(({ type }) => type === "ORDER_MODIFIER");

/** One file read from its first row to its last: what moves no row. */
function isPlainScan(node: Node, nodes: readonly Node[]): boolean {
  const from = node["from_table"] as Node | undefined;
  const scans = nodes.filter(({ type }) => type === "BASE_TABLE" || type === "TABLE_FUNCTION");
  return (
    node["type"] === "SELECT_NODE" &&
    scans.length === 1 &&
    scans[0] === from &&
    (node["group_expressions"] as readonly unknown[]).length === 0 &&
    !modifiers(node).some(({ type }) => type === "DISTINCT_MODIFIER") &&
    !nodes.some((one) => one["class"] === "WINDOW" || one["class"] === "SUBQUERY")
  );
}

async function unsteadyFunctions(connection: DuckDBConnection): Promise<ReadonlySet<string>> {
  const read = await connection.runAndReadAll(
    "SELECT DISTINCT function_name AS name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'",
  );
  const names = read.getRowObjectsJson().map(({ name }) => String(name));
  return new Set(names.filter((name) => !HARMLESS.has(name)));
}

/** Words that are calls without parentheses, unless a column has the name. */
const CLOCKS = new Set("current_date current_time current_timestamp localtime localtimestamp".split(" "));

function refuseUnsteady(nodes: readonly Node[], unsteady: ReadonlySet<string>): void {
  const calls = nodes.flatMap((node) => {
    if (node["class"] === "FUNCTION" && unsteady.has(String(node["function_name"]).toLowerCase()))
      return [`${String(node["function_name"])}()`];
    const names = node["class"] === "COLUMN_REF" ? (node["column_names"] as readonly string[]) : [];
    return names.length === 1 && CLOCKS.has(names[0]!.toLowerCase()) ? [names[0]!] : [];
  });
  const [call] = calls;
  const sample = nodes.find((node) => (node["sample"] as Node | null | undefined)?.["seed"] === -1);
  if (call === undefined && sample === undefined) return;
  throw refused(
    call ?? "a sample without a seed",
    "gives other rows at every run",
    call !== undefined ? "Write the value out, or make the column beforehand." : "Add REPEATABLE (1) to it.",
  );
}

function refuseBottomless(nodes: readonly Node[]): void {
  const names = nodes
    .filter((node) => typeof node["function_name"] === "string")
    .map((node) => String(node["function_name"]).toLowerCase());
  const found = names.find((name) => BOTTOMLESS.has(name));
  if (found === undefined) return;
  const fix = "Take values out by their path, as in json_extract_string(column, '$.key').";
  throw refused(`the function ${found}`, "may end the process at text nested very deep", fix);
}

const refused = (subject: string, problem: string, fix: string): DataError =>
  new DataError({ where: "query", subject, problem, fix, setting: ["data"] });

const onlySelect = (): DataError =>
  refused(
    "the statement",
    "must be one SELECT",
    "Nothing else is run: no COPY, ATTACH, INSERT, SET, PRAGMA, DESCRIBE.",
  );

const noReader = (name: string): DataError =>
  refused(
    `the function ${name}`,
    "reads no table of a file",
    didYouMean(name, [...READERS, ...PURE]) ?? `Name the file as a table: FROM 'table.csv'.`,
  );

const notWritten = (name: string): DataError =>
  refused(
    `the file of ${name}`,
    "is not written out",
    "Write its name in quotes, or a list of names in quotes.",
  );

const noFile = (name: string): DataError =>
  refused(`the table ${name}`, "is no file in quotes", `Write a file's name in quotes: FROM 'table.csv'.`);
