import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { carriedText } from "./carried-text.js";
import { tableFromRows } from "./raw-rows.js";

describe("text as every runtime carries it", () => {
  it("survives UTF-8 and C strings, which end at NUL", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ max: 0xffff }).map((c) => String.fromCharCode(c)) }),
        (text) => {
          const carried = carriedText(text);
          expect(Buffer.from(carried).toString()).toBe(carried);
          expect(carried).not.toContain("\0");
          expect(carried).toHaveLength(text.length);
        },
      ),
    );
  });

  it("is left as it is where it is well formed and has no NUL", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!text.includes("\0"));
        expect(carriedText(text)).toBe(text);
      }),
    );
  });

  it("makes one level of spellings that are carried alike", () => {
    const cells = ["a\0b", "a\ufffdb", "a\ud800b", "a", "a\0b", "a", "c", "c"];
    const rows = cells.map((word, size) => ({ word, size }));
    const { columns } = tableFromRows(rows, { types: { word: "category" } });
    expect(columns[0]).toMatchObject({
      strings: ["a\ufffdb", "a\ufffdb", "a\ufffdb", "a", "a\ufffdb", "a", "c", "c"],
    });
  });
});
