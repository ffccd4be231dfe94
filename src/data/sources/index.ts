export { databaseVersion } from "./database-version.js";
export { formatOf, type TableFormat } from "./formats.js";
export type { InputStream } from "./input-file.js";
export { type ChunkedTable, type ChunkOptions, openChunks } from "./read-chunks.js";
export { readCodedTable, readRawTable, readTable, type SourceOptions } from "./read-table.js";
export {
  formatByEnding,
  type OutputFormat,
  type OutputStream,
  writeTable,
  type WriteOptions,
} from "./write-table.js";
export { type TableWriter, tableWriter } from "./write-chunks.js";
export { sourceFromFolder } from "./source-from-folder.js";
export { shownSource, sourceStem } from "./source-kind.js";
