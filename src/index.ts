export {
  ConfigError,
  DataError,
  KindredError,
  NumericError,
  RuntimeFailure,
  ShapeError,
} from "./base/errors.js";
export type { ColumnValue, ColumnValues, Row, TableColumns, TableData } from "./data/index.js";
export * as synthetic from "./data/synthetic/index.js";
export { inspectRuntime } from "./runtime/inspect.js";
export type { RunRecord } from "./run/record.js";
export { readRun } from "./run/index.js";
export type { ComparisonRecord, SpreadRecord, VariantRecord } from "./run/comparison-record.js";
export { compare } from "./study/compare.js";
export type { CompareEvent, CompareHow } from "./study/compare-study.js";
export { pareto } from "./study/pareto.js";
export type { ParetoHow } from "./study/pareto-study.js";
export type { Variant, VariedSettings } from "./study/variants.js";
export type { StudyEvent, StudyHooks } from "./study/events.js";
export type { LoadOptions } from "./study/check-options.js";
export { load } from "./study/load.js";
export { openModel } from "./study/model.js";
export { DEFAULT_OPTIONS, type StudyOptions } from "./study/options.js";
export type { Model, ModelTask, TaskColumn } from "./study/served-model.js";
export { openStudy, type Study, type TrainedModel } from "./study/study.js";
export { readStudyFile } from "./study/study-file.js";
export {
  classification,
  type ClassificationTask,
  clustering,
  type ClusteringTask,
  regression,
  type RegressionTask,
  type RowPrediction,
  type TaskMap,
  type TaskPrediction,
} from "./study/task-options.js";
export { VERSION } from "./study/version.js";
