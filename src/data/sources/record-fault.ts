import { DataError } from "../../base/errors.js";
import { counted } from "../cleaning.js";
import type { RecordFault } from "./record-index.js";

/** The error for a record that is not well formed. */
export function faultError(fault: RecordFault, expected: number, source: string): DataError {
  const where = `${source} line ${fault.line}`;
  const row = (problem: string, fix: string): DataError =>
    new DataError({ where, subject: "the row", problem, fix });
  switch (fault.kind) {
    case "other cells":
      return row(
        `has ${counted(fault.found, "cell")} where the header has ${expected}`,
        fault.found > expected
          ? "Quote cells that contain the delimiter."
          : "Fill the row up with empty cells.",
      );
    case "endless quote":
      return row(
        "opens a quoted cell that never ends",
        'Close it with ", or write a quote inside a cell twice.',
      );
    case "text after quote":
      return row("has text after a closing quote", "Write a quote inside a quoted cell twice.");
    case "too long":
      return row(
        "has more than 16 MiB",
        "Check its quotes and line ends: several rows may have run together.",
      );
    default:
      return fault satisfies never;
  }
}
