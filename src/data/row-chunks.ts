/** A range of rows: `from` to `to - 1`. */
export interface RowChunk {
  readonly from: number;
  readonly to: number;
}

/** All rows in order, in chunks of at most `size`: what is run piece by piece to bound memory. */
export function rowChunks(rows: number, size: number): RowChunk[] {
  return Array.from({ length: Math.ceil(rows / size) }, (_, chunk) => ({
    from: chunk * size,
    to: Math.min((chunk + 1) * size, rows),
  }));
}
