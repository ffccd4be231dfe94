import fc from "fast-check";
import { expect, it } from "vitest";
import { rowChunks } from "./row-chunks.js";

it("chunks of rows give every row once, in order, and are full but for the last", () => {
  fc.assert(
    fc.property(fc.nat(50), fc.integer({ min: 1, max: 20 }), (rows, size) => {
      const chunks = rowChunks(rows, size);
      expect(chunks.map(({ from }) => from)).toEqual(
        [0, ...chunks.map(({ to }) => to)].slice(0, chunks.length),
      );
      expect(chunks.at(-1)?.to ?? 0).toBe(rows);
      expect(chunks.slice(0, -1).every(({ from, to }) => to - from === size)).toBe(true);
      expect(chunks.every(({ from, to }) => to > from && to - from <= size)).toBe(true);
    }),
  );
});
