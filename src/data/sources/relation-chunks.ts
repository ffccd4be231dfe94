import type { DuckDBConnection, DuckDBDoubleVector } from "@duckdb/node-api";
import { joinNumbers } from "../../base/join-numbers.js";
import { refuseEqualNames } from "../number-lists.js";
import type { RawColumn, RawTable } from "../raw-table.js";
import { type RelationNames, listWidth, numbersOf, relationFields } from "./database-columns.js";
import type { Field } from "./database-types.js";
import { identifier } from "./database.js";
import { intern } from "./intern.js";

/** A relation of the database that is taken out some rows at a time. */
export interface OpenRelation {
  /** Its columns as `readRelation` has them: arrays of numbers are one column a number. */
  readonly names: readonly string[];
  /** The rows of some columns in order, `rows` at a time, at last those that are left. */
  chunks(wanted: ReadonlySet<string>, rows: number): AsyncGenerator<RawTable>;
}

/** A field of numbers, dates or text. */
type PlainField = Field & { readonly kind: RawColumn["kind"] };

/**
 * Opens a relation. Chunks one after another are the table that `readRelation` gives, but for columns that are not wanted.
 *
 * @param from what may stand after FROM; it is read more than once.
 * @throws {DataError} as `readRelation`.
 */
export async function openRelation(
  connection: DuckDBConnection,
  from: string,
  names: RelationNames,
): Promise<OpenRelation> {
  const { source, unit } = names;
  const found: PlainField[] = [];
  for (const field of await relationFields(connection, from, names)) {
    if (field.kind !== "list") found.push({ ...field, kind: field.kind });
    else found.push(...numbersOfList(field, await listWidth(connection, from, field, names)));
  }
  refuseEqualNames(found, source);
  return {
    names: found.map(({ name }) => name),
    async *chunks(wanted, rows) {
      const fields = found.filter(({ name }) => wanted.has(name));
      const select = fields.map(({ sql }) => sql).join(", ");
      const result = await connection.stream(`SELECT ${select} FROM ${from}`);
      const gathered = gathering(fields);
      let done = 0;
      const take = (count: number): RawTable => {
        const columns = gathered.take(count);
        done += count;
        return tableOf(columns, { source, unit, rows: count, first: done - count });
      };
      for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk()) {
        gathered.add(chunk);
        while (gathered.rows >= rows) yield take(rows);
      }
      if (gathered.rows > 0) yield take(gathered.rows);
    },
  };
}

/** The columns `name[0]` … of a column of arrays. */
const numbersOfList = ({ own, name }: Field, width: number): PlainField[] =>
  Array.from({ length: width }, (_, i) => ({
    own,
    name: `${name}[${i}]`,
    kind: "number",
    sql: `CAST(${identifier(own)}[${i + 1}] AS DOUBLE)`,
  }));

type Chunk = NonNullable<Awaited<ReturnType<Awaited<ReturnType<DuckDBConnection["stream"]>>["fetchChunk"]>>>;

/** Rows that the database has handed out and nobody has taken. */
interface Gathered {
  readonly rows: number;
  add(chunk: Chunk): void;
  /** The first `count` of them. */
  take(count: number): RawColumn[];
}

function gathering(fields: readonly PlainField[]): Gathered {
  const parts = fields.map((): Float64Array[] => []);
  const cells = fields.map((): (string | null)[] => []);
  let shared = fields.map(() => new Map<string, string>());
  let rows = 0;
  return {
    get rows() {
      return rows;
    },
    add(chunk) {
      for (const [c, { kind }] of fields.entries()) {
        if (kind === "text")
          chunk.visitColumnValues(c, (value) => cells[c]!.push(intern(value as string | null, shared[c]!)));
        else parts[c]!.push(numbersOf(chunk.getColumnVector(c) as DuckDBDoubleVector, chunk.rowCount));
      }
      rows += chunk.rowCount;
    },
    take(count) {
      rows -= count;
      shared = fields.map(() => new Map<string, string>());
      return fields.map(({ name, kind }, c): RawColumn => {
        if (kind === "text") {
          const taken = cells[c]!;
          cells[c] = taken.splice(count);
          return { name, kind, cells: taken };
        }
        const all = joinNumbers(parts[c]!);
        parts[c] = [all.slice(count)];
        return { name, kind, numbers: all.slice(0, count) };
      });
    },
  };
}

/** Some rows as a table of their own, which knows their numbers in the whole. */
function tableOf(
  columns: readonly RawColumn[],
  { rows, first, ...names }: Pick<RawTable, "source" | "unit" | "rows"> & { readonly first: number },
): RawTable {
  const lines = Int32Array.from({ length: rows }, (_, i) => first + i + 1);
  return { ...names, rows, columns, ...(first > 0 && { lines }) };
}
