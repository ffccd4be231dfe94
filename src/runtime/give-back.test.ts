import { describe, expect, it } from "vitest";
import { giveBack } from "./give-back.js";

describe("giveBack", () => {
  it("empties the arrays it is handed, and no others", () => {
    const [given, kept] = [new Float32Array(1000).fill(1), new Float32Array(1000).fill(2)];
    giveBack([given.buffer, new ArrayBuffer(0)]);
    giveBack([]);
    expect(given.length).toBe(0);
    expect(kept.every((value) => value === 2)).toBe(true);
  });

  it("frees their memory at once", () => {
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 200; i++) giveBack([new ArrayBuffer(2 ** 22)]); // 800 MB in all
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });
});
