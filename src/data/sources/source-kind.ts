import { DataError } from "../../base/errors.js";

/** How a table is named: a file, folder or pattern of files; a query over files; a table or query of a database. */
export type SourceKind = "stream" | "path" | "query" | "sqlite" | "postgres";

/**
 * What the text that names a table is, by its beginning alone.
 *
 * @throws {DataError} for addresses: nothing is fetched over a network but from a PostgreSQL server.
 */
export function sourceKind(source: string): SourceKind {
  if (source === "-") return "stream";
  if (/^sqlite:/i.test(source)) return "sqlite";
  if (/^postgres(?:ql)?:\/\//i.test(source)) {
    refusePassword(source);
    return "postgres";
  }
  if (isAddress(source)) {
    throw new DataError({
      where: withoutPassword(source),
      subject: "the table",
      problem: "has an address, and nothing is fetched",
      fix: "Fetch the file first and name it here.",
      ...(withoutPassword(source) === source && { setting: ["data"] }),
    });
  }
  return /^\s*(?:select|with|from)\s/i.test(source) ? "query" : "path";
}

/** A study, its record and its messages name the source, so that a password in it could not be kept out of them. */
function refusePassword(source: string): void {
  if (withoutPassword(source) === source) return;
  throw new DataError({
    where: withoutPassword(source),
    subject: "the address",
    problem: "holds a password, which would be kept with every run",
    fix: "Take it out, and give it as PGPASSWORD or in ~/.pgpass.",
  });
}

const isAddress = (source: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(source);

/** A source as messages and records show it: on one line, and without the password of an address. */
export function shownSource(source: string): string {
  return withoutPassword(source.trim().replaceAll(/\s+/g, " "));
}

/** `postgres://user@host/db` of `postgres://user:secret@host/db`; a password among the parameters goes too. */
export function withoutPassword(address: string): string {
  return address
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#:@]*):.*@(?=[^@]*$)/i, "$1@")
    .replaceAll(/([?&]password=)[^&#]*/gi, "$1…");
}

/** A short name for what is learned from a source: of a file its own name, of a query or database what it reads. */
export function sourceStem(source: string): string {
  const kind =
    source === "-" || isAddress(source) || /^sqlite:/i.test(source) ? "database" : sourceKind(source);
  if (kind === "query") return "query";
  if (kind === "path") {
    const parts = source.split(/[\\/]/).filter((part) => part !== "" && part !== ".");
    return parts.findLast((part) => !/[*?[]/.test(part)) ?? "tables";
  }
  const wanted = /[#?]([^#]*)$/.exec(source)?.[1] ?? "";
  return /^[\w.]+$/.test(wanted) ? wanted : "query";
}
