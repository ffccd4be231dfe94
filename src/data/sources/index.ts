export { formatOf, type TableFormat } from "./formats.js";
export type { InputStream } from "./input-file.js";
export { readRawTable, readTable, type SourceOptions } from "./read-table.js";
