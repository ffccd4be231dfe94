import { DataError } from "../../base/errors.js";
import { shownSource } from "./source-kind.js";

/** What is read of a database: a table, or the rows of a query. */
export interface DatabaseSource {
  /** The source as the user named it. */
  readonly source: string;
  /** The file of SQLite, or the address of PostgreSQL. */
  readonly place: string;
  readonly wanted: { readonly table: string } | { readonly query: string };
}

/** Divides the address; what is wanted stands behind `#`, for SQLite also behind `?`. */
export function partsOf(source: string, kind: "sqlite" | "postgres"): DatabaseSource {
  const [, place = "", wanted = ""] =
    (kind === "sqlite" ? /^sqlite:([^?#]*)[?#]?(.*)$/is : /^([^#]*)#?(.*)$/s).exec(source) ?? [];
  const example = kind === "sqlite" ? "sqlite:shop.db#orders" : "postgres://user@host/shop#orders";
  if (place === "" || wanted.trim() === "") {
    throw new DataError({
      where: shownSource(source),
      subject: "the table",
      problem: "is not named",
      fix: `Name a table or a query behind the database: ${example}, or …#select … from orders.`,
      setting: ["data"],
    });
  }
  const isQuery = /^\s*(?:select|with|from)\s/i.test(wanted);
  return { source, place, wanted: isQuery ? { query: wanted } : { table: wanted } };
}

/** The error of a table that a database does not have. */
export function noTable(where: string, name: string, tables: readonly string[]): DataError {
  return new DataError({
    where,
    subject: `table "${name}"`,
    problem: "is not in the database",
    fix: `It has ${tables.slice(0, 20).join(", ") || "no tables"}.`,
    setting: ["data"],
  });
}
