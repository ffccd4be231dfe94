import { DataError } from "../../base/errors.js";

/**
 * What is wrong with JSON that the database could not read as a table, as exactly as it can be said: the line of a
 * broken record, an object where an array belongs, a record that is no object.
 *
 * @returns undefined when nothing was found, and the database's own reason must do.
 */
export function jsonFault(text: string, name: string, format: "json" | "jsonl"): DataError | undefined {
  return format === "json" ? arrayFault(text, name) : lineFault(text, name);
}

function arrayFault(text: string, name: string): DataError | undefined {
  const value = parsed(text);
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    const fix = "Wrap the records in [ and ], or name a file of one object a line .jsonl.";
    return new DataError({
      where: name,
      subject: "the file",
      expected: "an array of objects",
      got: nameOf(value),
      fix,
    });
  }
  if (value.length === 0) return new DataError({ where: name, subject: "the table", problem: "has no rows" });
  const odd = value.findIndex((record) => nameOf(record) !== "an object");
  if (odd >= 0) return notAnObject(`${name} record ${odd + 1}`, value[odd]);
  return value.every((record) => Object.keys(record as object).length === 0) ? noColumns(name) : undefined;
}

function lineFault(text: string, name: string): DataError | undefined {
  const lines = text.split("\n");
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const value = parsed(line);
    const where = `${name} line ${i + 1}`;
    if (value === undefined) {
      const fix = "Write one whole object on every line.";
      return new DataError({
        where,
        subject: "the line",
        expected: "a JSON object",
        got: "broken JSON",
        fix,
      });
    }
    if (nameOf(value) !== "an object") return notAnObject(where, value);
  }
  return undefined;
}

function noColumns(where: string): DataError {
  const problem = "has records without a single key";
  return new DataError({ where, subject: "the table", problem, fix: "Export it again." });
}

function notAnObject(where: string, value: unknown): DataError {
  return new DataError({
    where,
    subject: "the record",
    expected: "an object with one property for each column",
    got: nameOf(value),
  });
}

/** The value of a JSON text; undefined, which JSON cannot hold, when it is broken. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
