import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8Text } from "./text-encoding.js";

const textOf = (bytes: Uint8Array, choice = {}): string =>
  new TextDecoder().decode(utf8Text(bytes, "t.csv", choice).bytes);
const latin = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));

describe("utf8Text", () => {
  it("reads any text back from UTF-8 and UTF-16 with a byte order mark", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const wide = Buffer.from(`\uFEFF${text}`, "utf16le");
        expect(textOf(Buffer.from(text))).toBe(text.replace(/^\uFEFF/, ""));
        expect(textOf(wide)).toBe(text);
        expect(textOf(Buffer.from(wide).swap16())).toBe(text);
      }),
    );
  });

  it("tells damaged UTF-8 wherever it stands in a large text", () => {
    const size = 2 ** 20;
    for (const at of [0, size - 1, size, 2 * size - 2]) {
      const bytes = new Uint8Array(2 * size + 8).fill(97);
      bytes.set(Buffer.from("é"), at);
      expect(utf8Text(bytes.subarray(0, at + 9), "t.csv").encoding).toBe("utf-8");
      bytes[at + 1] = 97;
      expect(utf8Text(bytes, "t.csv").encoding).toBe("windows-1252");
      expect(utf8Text(bytes.subarray(0, at + 1), "t.csv").encoding).toBe("windows-1252");
    }
  });

  it("reads UTF-16 without a mark where NULs alternate, and says so", () => {
    const bytes = Buffer.from("a,b\n1,ü\n2,y\n", "utf16le");
    expect(utf8Text(bytes, "t.csv")).toMatchObject({
      encoding: "utf-16le",
      note: "read as utf-16le, since every second byte is NUL",
    });
    expect(textOf(bytes)).toBe("a,b\n1,ü\n2,y\n");
    expect(textOf(Buffer.from(bytes).swap16())).toBe("a,b\n1,ü\n2,y\n");
  });

  it("takes bytes that are not UTF-8 as windows-1252, and says on which line", () => {
    const text = utf8Text(latin("a,b\n1,x\n2,M\xfcnchen \x80 5\n"), "t.csv");
    expect(new TextDecoder().decode(text.bytes)).toBe("a,b\n1,x\n2,München € 5\n");
    expect(text.note).toBe(
      "read as windows-1252, since its bytes are not UTF-8 (first on line 3); set charset if letters look wrong",
    );
  });

  it("reads every byte of windows-1252 in use as the table of the Unicode Consortium has it", () => {
    const signs = [..."€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"];
    const bytes = [
      0x80, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8e, 0x91, 0x92, 0x93, 0x94,
      0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9e, 0x9f,
    ];
    expect([...textOf(Uint8Array.from(bytes), { encoding: "windows-1252" })]).toEqual(signs);
    const upper = Uint8Array.from({ length: 96 }, (_, i) => 0xa0 + i);
    expect([...textOf(upper)]).toEqual([...upper].map((byte) => String.fromCharCode(byte)));
  });

  it("takes the encoding it is told, whatever the bytes say, and the one to try before windows-1252", () => {
    const kanji = Uint8Array.from([0x93, 0xfa, 0x96, 0x7b]); // "日本" in Shift JIS
    expect(textOf(kanji, { encoding: "shift_jis" })).toBe("日本");
    expect(textOf(kanji, { otherwise: "sjis" })).toBe("日本");
    expect(textOf(Buffer.from("é"), { otherwise: "sjis" })).toBe("é");
    expect(textOf(Buffer.from("é"), { encoding: "latin1" })).toBe("Ã©");
  });

  it.each([
    [Uint8Array.from([97, 10, 0x81]), {}, "t.csv line 2: the text must be UTF-8, got byte 0x81 at offset 2"],
    [Uint8Array.from([97, 0, 0xe9]), {}, "t.csv line 1: the text must be UTF-8, got byte 0xe9 at offset 2"],
    [Buffer.concat([Buffer.from("éü"), Uint8Array.of(0xe9)]), {}, "got byte 0xe9 at offset 4"],
    [Uint8Array.from([0xff]), { encoding: "utf-8" }, "got byte 0xff at offset 0"],
    [
      Uint8Array.from([0xff]),
      { encoding: "euc-jp" },
      "t.csv: the text must be euc-jp, got bytes that are not",
    ],
    [Uint8Array.from([97]), { encoding: "klingon" }, "charset must be a name of the Encoding Standard"],
    [Uint8Array.from([0xff, 0xfe, 97]), {}, "t.csv: the text must be utf-16le, got bytes that are not"],
  ])("refuses %j with %j", (bytes, choice, message) => {
    expect(() => utf8Text(bytes, "t.csv", choice)).toThrow(message);
  });

  it("decodes across the pieces in which it works", () => {
    const text = "€ü".repeat(400_000);
    expect(textOf(Buffer.from(`\uFEFF${text}`, "utf16le"))).toBe(text);
    expect(utf8Text(Buffer.from(text), "t.csv").encoding).toBe("utf-8");
  });
});
