import type { CleaningNote } from "../cleaning.js";
import type { Finding } from "./finding.js";

/** What reading and fitting did to a column or to the whole table, as a finding. */
export const findingOfNote = ({ column, action, detail }: CleaningNote): Finding => ({
  kind: action.replaceAll(" ", "-"),
  columns: column === "" ? [] : [column],
  severity: action.startsWith("doubtful ") ? "warning" : "info",
  found: `${detail[0]?.toUpperCase() ?? ""}${detail.slice(1)}.`,
  done: action,
});
