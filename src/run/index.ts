export { canonicalJson } from "./canonical-json.js";
export { MANIFEST_FILE, RECORD_FILE, RUN_FORMAT, type FileSeal, type Manifest } from "./manifest.js";
export { readRun, type Run } from "./read-run.js";
export { runRecordSchema } from "./record-schema.js";
export type {
  ColumnRecord,
  DataRecord,
  EvaluationPlot,
  EvaluationRecord,
  LinkRecord,
  RunRecord,
  TaskEvaluation,
  TaskRecord,
  TrainingRecord,
} from "./record.js";
export { checkWritable, type MayReplace, nextRunFolder, runsIn, unfinishedRunFolder } from "./run-folder.js";
export { type Beginning, isBegun } from "./unfinished-parts.js";
export { openUnfinished, type UnfinishedRun } from "./unfinished-run.js";
export { writeRun } from "./write-run.js";
