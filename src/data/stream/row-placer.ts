import type { DuckDBDataChunk } from "@duckdb/node-api";
import { type RowWindow, mixing } from "./windows.js";

/** Values row by row; float32 for batches, float64 where values are still to be coded. */
export type Matrix = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

const BLOCK = 64; // rows that are turned together: their values stay in a core's cache

/** Puts rows of a window, which come in any order, in their mixed places of a matrix. */
export class RowPlacer {
  readonly #window: RowWindow;
  readonly #matrix: Matrix;
  readonly #width: number;
  /** Where values of each row of the ranges begin in the matrix, range by range; -1 for rows that are not wanted. */
  readonly #offsets: Int32Array;
  /** Rows of the ranges before each of them. */
  readonly #starts: readonly number[];
  #range = 0;
  #seen = 0;

  /** @param wanted 1 for each row of the file that is wanted; all of them when absent. */
  constructor(window: RowWindow, matrix: Matrix, { seed, wanted, expressions }: RowPlacerOptions) {
    const places = mixing(window, seed);
    let rows = 0;
    this.#starts = window.ranges.map((range) => (rows += range.rows) - range.rows);
    this.#offsets = new Int32Array(rows).fill(-1);
    let [row, next] = [0, 0];
    for (const { from, rows: count } of window.ranges)
      for (let i = from; i < from + count; i++, row++)
        if (!wanted || wanted[i] === 1) this.#offsets[row] = places[next++]! * expressions.length;
    [this.#window, this.#matrix, this.#width] = [window, matrix, expressions.length];
  }

  /** True once as many rows came as the ranges have. */
  get complete(): boolean {
    return this.#seen === this.#offsets.length;
  }

  /** Puts a chunk's rows in their places: its first column holds their numbers, the others their values, all of type DOUBLE. */
  place(chunk: DuckDBDataChunk): void {
    const { columns, rows } = valuesOf(chunk);
    const numbers = columns[0]!;
    const from = new Int32Array(rows); // of each wanted row, its place in the chunk
    const to = new Int32Array(rows); // and in the matrix
    let wanted = 0;
    for (let row = 0; row < rows; row++) {
      const offset = this.#offsetOf(numbers[row]!);
      if (offset < 0) continue;
      from[wanted] = row;
      to[wanted++] = offset;
    }
    this.#seen += rows;
    const matrix = this.#matrix;
    for (let begin = 0; begin < wanted; begin += BLOCK) {
      const end = Math.min(begin + BLOCK, wanted);
      for (let column = 0; column < this.#width; column++) {
        const values = columns[column + 1]!;
        for (let i = begin; i < end; i++) matrix[to[i]! + column] = values[from[i]!]!;
      }
    }
  }

  /** Rows come in stretches of one range, so the last one's is looked at first. */
  #offsetOf(number: number): number {
    const { ranges } = this.#window;
    let range = ranges[this.#range]!;
    if (number < range.from || number >= range.from + range.rows) {
      this.#range = ranges.findIndex(({ from, rows }) => number >= from && number < from + rows);
      range = ranges[this.#range]!;
    }
    return this.#offsets[this.#starts[this.#range]! + number - range.from]!;
  }
}

/** What rows are placed by. */
export interface RowPlacerOptions {
  readonly seed: number;
  readonly wanted?: Uint8Array;
  readonly expressions: readonly string[];
}

/** The columns of a chunk of doubles, each the database's own memory. */
function valuesOf(chunk: DuckDBDataChunk): { columns: Float64Array[]; rows: number } {
  const columns = Array.from({ length: chunk.columnCount }, (_, i) => {
    const vector = chunk.getColumnVector(i) as unknown as { readonly items: Float64Array };
    return vector.items; // the type of the column, DOUBLE, decides the class of its vector
  });
  return { columns, rows: chunk.rowCount };
}
