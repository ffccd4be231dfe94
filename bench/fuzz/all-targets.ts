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

/** Every target by name; `root` is the folder of the data sets, whose heads are changed beside the example's. */
export function allTargets(root?: string): Readonly<Record<string, TargetMaker>> {
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
