import type { Table } from "./table.js";

/** Rows that come one after another, in mixed order and without an end. */
export interface TableSequence {
  /** The next rows, exactly as many, as typed columns. */
  take(rows: number): Promise<Table>;
  close(): Promise<void>;
}

/** A table on disk whose training rows are read again and again, and of which some rows are in memory. */
export interface StreamedTable {
  /** Rows of the file, and of its parts. */
  readonly rows: number;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  /** For each row of the table in memory its number in the file, from 0. */
  readonly fileRows: Int32Array;
  /** What the order and the values of rows depend on. */
  readonly identity: string;
  /** Opens the training rows, columns of these names, from row `from` of their endless sequence. */
  open(columns: readonly string[], from: number): Promise<TableSequence>;
}
