import fc from "fast-check";
import { expect, it } from "vitest";
import { rowChunks } from "./row-chunks.js";

it("chunks of rows give every row once, in order, and are full but for the last", () => {
  fc.assert(
    fc.property(fc.nat(50), fc.integer({ min: 1, max: 20 }), (rows, size) => {
      const chunks = rowChunks(rows, size);
      expect(chunks.flatMap((chunk) => [...chunk])).toEqual(Array.from({ length: rows }, (_, i) => i));
      expect(chunks.slice(0, -1).every((chunk) => chunk.length === size)).toBe(true);
      expect(chunks.every((chunk) => chunk.length > 0)).toBe(true);
    }),
  );
});
