export { carriedText } from "./carried-text.js";
export { type CleaningAction, type CleaningNote, counted } from "./cleaning.js";
export { binCount, piecewiseEdges } from "./edges.js";
export {
  type CategoryInput,
  codingWidth,
  type DateInput,
  encodingOf,
  exampleOf,
  feedType,
  type InputCoding,
  type InputEncoding,
  isDateInput,
  isNumberInput,
  type NumberInput,
} from "./encoding.js";
export type { LabelColumn } from "./encoders/level-effects.js";
export {
  type CategoryCoding,
  type CrossFit,
  type EncodingOptions,
  fitInputEncoding,
  type FittedEncoding,
} from "./fit-encoding.js";
export { type InspectedTable, type InspectOptions, columnAs, inspectTable } from "./inspect.js";
export { type ColumnReading, isReading } from "./column-reading.js";
export { mergedMissing, type MissingSpellings } from "./missing.js";
export { type ColumnProfile, profileOf } from "./profile.js";
export { type PlainReader, plainReader } from "./plain-rows.js";
export { chunkOfFeeds, type Feeds, rawFeeds } from "./raw-feeds.js";
export { type ColumnValue, type ColumnValues, rawFromColumns, type TableColumns } from "./raw-columns.js";
export { rawFromRows, type Row, tableFromRows } from "./raw-rows.js";
export { dataName, rawFromData, type TableData } from "./raw-source.js";
export type { RawColumn, RawTable } from "./raw-table.js";
export { type RowChunk, rowChunks } from "./row-chunks.js";
export { writeDate } from "./spellings.js";
export {
  type Column,
  columnOf,
  type ColumnType,
  isNumberColumn,
  type NumberColumn,
  type StringColumn,
  type Table,
  type TypeSetting,
} from "./table.js";
export { type NamedTables, uniteTables } from "./unite-tables.js";
export { decodeUtf8 } from "./utf8.js";
export { type CodedOptions, codedTable, rowsToTable } from "./coded-table.js";
export { copiesOf, type CopyFinding } from "./copies.js";
export {
  areCopies,
  bySeverity,
  type Finding,
  type FindingContext,
  findingOfNote,
  findingsOf,
  groupEqualRows,
  type Repeats,
  repeatsOf,
} from "./findings/index.js";
export { keptColumns, type OutputColumn } from "./output-column.js";
export { type Split, type SplitRequest } from "./splits-request.js";
export { splitRows } from "./splits.js";
export { type PartBalance, splitBalance } from "./splits-balance.js";
export { type Fold, folds, splitWithoutTest } from "./splits-folds.js";
