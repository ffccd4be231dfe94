/** The numbers of all rows in order, in chunks of at most `size`: what is run piece by piece to bound memory. */
export function rowChunks(rows: number, size: number): Int32Array[] {
  return Array.from({ length: Math.ceil(rows / size) }, (_, chunk) =>
    Int32Array.from({ length: Math.min(size, rows - chunk * size) }, (__, i) => chunk * size + i),
  );
}
