export { type StreamColumn, streamColumns, streamKind } from "./column-sql.js";
export { type ParquetColumn, type ParquetFacts, parquetFacts } from "./parquet-facts.js";
export { type MixedRows, openRowStream, type RowStream, type RowStreamOptions } from "./row-stream.js";
export { type RowRange, rowRanges } from "./windows.js";
export { readRows } from "./row-sample.js";
export { openTableSequence } from "./table-sequence.js";
