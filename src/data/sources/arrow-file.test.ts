import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DataError } from "../../base/errors.js";
import type { RawTable } from "../raw-table.js";
import { readArrow } from "./arrow-file.js";
import { unpackLz4 } from "./lz4-frame.js";
import { readRawTable } from "./index.js";

const fixture = (name: string): string => join(import.meta.dirname, "../../../test/fixtures/arrow", name);
const bytesOf = (name: string): Buffer => readFileSync(fixture(name));

const valuesOf = ({ columns }: RawTable): Record<string, unknown> =>
  Object.fromEntries(
    columns.map((column) => [
      column.name,
      [column.kind, ...(column.kind === "text" ? column.cells : column.numbers)],
    ]),
  );

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).message).not.toContain("\n");
  return (error as DataError).message;
}

const NO = Number.NaN;

describe("Arrow files", () => {
  it.each(["lz4.feather", "stream.ipc"])("of pyarrow are read with all types: %s", async (name) => {
    expect(valuesOf(await readRawTable(fixture(name)))).toEqual({
      i: ["number", 1, 2, NO],
      u: ["number", 1, 2, 3],
      f: ["number", 0.5, NO, NO],
      h: ["number", 0.5, 0.5, 0.5],
      s: ["text", "a", null, null],
      ls: ["text", "x", null, "é"],
      sv: ["text", "x", null, "a long string of more than twelve"],
      b: ["boolean", 1, NO, 0],
      c: ["text", "r", "g", "r"],
      d32: ["date", 2, NO, -1],
      d64: ["date", 2, NO, -1],
      tus: ["date", 1.5, NO, -0.5],
      tns: ["date", 1.5, NO, -0.5],
      ts: ["date", 1.5, NO, -0.5],
      dec: ["number", 1.25, NO, -3.5],
      "fl[0]": ["number", 1, NO, 3],
      "fl[1]": ["number", 2, NO, NO],
      "li[0]": ["number", 1, NO, 3],
      "li[1]": ["number", 2, NO, 4],
      n: ["text", null, null, null],
    });
  });

  it.each(["polars-lz4.arrow", "polars-zstd.arrow"])(
    "of polars are read, whose dictionaries stand after the rows: %s",
    async (name) => {
      expect(valuesOf(await readRawTable(fixture(name)))).toEqual({
        a: ["number", 1, 2, 3],
        s: ["text", "x", "y", null],
        c: ["text", "a", "b", "a"],
        e: ["text", "a", "b", "a"],
        "l[0]": ["number", 1, 3, NO],
        "l[1]": ["number", 2, 4, NO],
        t: ["date", 18262, 18262, 18262],
      });
    },
  );

  it("come from standard input too", async () => {
    const stream = async function* (): AsyncIterable<Uint8Array> {
      yield bytesOf("stream.ipc");
    };
    expect((await readRawTable("-", { format: "arrow", stream: stream() })).rows).toBe(3);
  });

  it("with nested, binary and time columns are refused by the columns' names", async () => {
    expect(await messageOf(readArrow(bytesOf("nested.feather"), "n.feather"))).toBe(
      'n.feather: columns "st", "bin", "ti", "ls" must be strings, numbers, booleans, dates or arrays of numbers, got structs. Convert the column, flatten it into columns of their own, or leave it out.',
    );
  });

  it("that are cut, damaged or no Arrow are refused in one line, wherever they end", async () => {
    expect(await messageOf(readArrow(Buffer.from("a,b\n1,2\n"), "t.arrow"))).toContain(
      "t.arrow: the file cannot be read as Arrow",
    );
    const bytes = bytesOf("lz4.feather");
    for (let length = 1; length < bytes.length; length += 97)
      await messageOf(readArrow(bytes.subarray(0, length), "cut.feather"));
  });
});

describe("unpackLz4", () => {
  // a frame with a packed block (5 literals, then 9 bytes from 5 back, then 5 literals), a plain block, and a frame to skip
  const packed = [0x54, ...Buffer.from("abcde"), 5, 0, 0x50, ...Buffer.from("vwxyz")];
  const frame = Uint8Array.from(
    [
      [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9],
      [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0],
      [packed.length, 0, 0, 0, ...packed],
      [3, 0, 0, 0x80, ...Buffer.from("123")],
      [0, 0, 0, 0],
    ].flat(),
  );
  const text = "abcdeabcdeabcvwxyz123";

  it("unpacks literals, overlapping matches and plain blocks, and skips other frames", () => {
    expect(Buffer.from(unpackLz4(frame, text.length)).toString()).toBe(text);
  });

  it("refuses what does not come to its size or refers to nothing", () => {
    expect(() => unpackLz4(frame, text.length + 1)).toThrow(RangeError);
    expect(() => unpackLz4(frame, text.length - 1)).toThrow(RangeError);
    const far = frame.slice();
    far[far.indexOf(5, 25)] = 200;
    expect(() => unpackLz4(far, text.length)).toThrow(RangeError);
    for (let length = 1; length < frame.length; length++)
      expect(() => unpackLz4(frame.subarray(0, length), text.length)).toThrow(RangeError);
  });
});
