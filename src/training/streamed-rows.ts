import type { Session } from "../runtime/runtime.js";
import type { Truth } from "../tasks/task-kind.js";

/** Some encoded rows with their truths. */
export interface EncodedRows {
  readonly rows: number;
  /** `[rows, D]`, row-major. */
  readonly encoded: Float32Array;
  /** Coded truth per task name, `[rows]`, NaN where missing. */
  readonly truths: Readonly<Record<string, Truth>>;
}

/** An endless sequence of training rows in mixed order, pass after pass. */
export interface RowSequence {
  /** The next rows, exactly as many. */
  take(rows: number): Promise<EncodedRows>;
  close(): Promise<void>;
}

/** Encodes rows of the table in memory. */
export interface RowEncoder {
  /** Encoded inputs `[rows, D]`. */
  encode(rows: Int32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * A table whose training rows are read while training goes on. The table in memory then holds the rows that are validated and
 * tested, and the training rows that encoders were fitted on; all of them raw.
 */
export interface StreamedRows {
  /** Training rows in a pass. */
  readonly perPass: number;
  /** What the order and the values of rows depend on, in words: a checkpoint belongs to it. */
  readonly identity: string;
  /** Opens the training rows from row `from` of their endless sequence; encoding runs in the worker of `beside`. */
  open(from: number, beside: Session): Promise<RowSequence>;
  /** Opens what encodes rows of the table in memory, in the worker of `beside`. */
  encoder(beside: Session): Promise<RowEncoder>;
}

/** Most rows between two validations of a streamed table: what counts as its epoch. */
const EPOCH_ROWS = 500_000;

/** Rows of an epoch: a whole pass, or a part of it where the table is large. */
export const epochRows = ({ perPass }: Pick<StreamedRows, "perPass">): number =>
  Math.min(perPass, EPOCH_ROWS);
