import { DataError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { numbersAsText } from "./typed-column.js";
import type { RawTable } from "./raw-table.js";

/** A column to be written; null, and NaN among numbers, is written as missing. */
export type OutputColumn =
  | { readonly name: string; readonly type: "number" | "integer"; readonly values: ArrayLike<number | null> }
  | { readonly name: string; readonly type: "boolean"; readonly values: ArrayLike<boolean | null> }
  | { readonly name: string; readonly type: "string"; readonly values: ArrayLike<string | null> };

/**
 * Columns of a raw table as they are, to be written again beside predictions.
 *
 * @throws {DataError} for a name that is not in the table.
 */
export function keptColumns(raw: RawTable, names: readonly string[]): OutputColumn[] {
  return names.map((name) => {
    const column = raw.columns.find((candidate) => candidate.name === name);
    if (!column) {
      const all = raw.columns.map((candidate) => candidate.name);
      const fix = didYouMean(name, all) ?? `The table has ${all.slice(0, 20).join(", ")}.`;
      throw new DataError({
        where: raw.source,
        subject: `column "${name}"`,
        problem: "is not in the table",
        fix,
      });
    }
    if (column.kind === "text") return { name, type: "string", values: column.cells };
    if (column.kind === "date") return { name, type: "string", values: numbersAsText(column) };
    if (column.kind === "boolean") {
      return {
        name,
        type: "boolean",
        values: Array.from(column.numbers, (x) => (Number.isNaN(x) ? null : x !== 0)),
      };
    }
    const whole = column.numbers.every((x) => Number.isNaN(x) || Number.isSafeInteger(x));
    return { name, type: whole ? "integer" : "number", values: column.numbers };
  });
}
