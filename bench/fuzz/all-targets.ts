import { tableHeads } from "./corpus.js";
import { csvTarget } from "./csv.js";
import { flagsTarget } from "./flags.js";
import { jsonTarget } from "./json.js";
import { modelsTarget } from "./models.js";
import { rowsTarget } from "./rows.js";
import { runsTarget } from "./runs.js";
import { tablesTarget } from "./tables.js";
import type { TargetMaker } from "./target.js";
import { yamlTarget } from "./yaml.js";

/** Share of a run's inputs that goes to each target. */
export const SHARES = {
  csv: 0.25,
  json: 0.2,
  yaml: 0.2,
  tables: 0.15,
  rows: 0.08,
  flags: 0.07,
  models: 0.03,
  runs: 0.02,
} as const;

/** The name of a target. */
export type TargetName = keyof typeof SHARES;

/** Every target by name; `root` is the folder of the data sets, whose heads are changed beside the example's. */
export function allTargets(root?: string): Readonly<Record<TargetName, TargetMaker>> {
  const heads = tableHeads(root);
  return {
    csv: csvTarget(heads),
    json: jsonTarget(heads),
    yaml: yamlTarget,
    tables: tablesTarget,
    rows: rowsTarget,
    flags: flagsTarget,
    models: modelsTarget,
    runs: runsTarget,
  };
}
