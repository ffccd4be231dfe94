import type { CleaningNote } from "../cleaning.js";
import type { Finding } from "./finding.js";

/** What reading and fitting did to a column, as a finding. */
export const findingOfNote = ({ column, action, detail }: CleaningNote): Finding => ({
  kind: action.replaceAll(" ", "-"),
  columns: [column],
  severity: action === "doubtful numbers" ? "warning" : "info",
  found: `${detail[0]?.toUpperCase() ?? ""}${detail.slice(1)}.`,
  done: action,
});
