import * as fc from "fast-check";

/** Pieces that mean something to one reader or another. */
const TOKENS = [
  '"', '""', "'", ",", ";", "\t", "|", "\n", "\r\n", "\r", "\\", "\0", "\u001a", " ", "{", "}", "[", "]", ":", "- ", "#",
  "\uFEFF", "null", "NaN", "1e999", "-0", "true", "é", "😀", "\u2028", "&a ", "*a", "!!js/function ", "<<: ", "---\n", "%",
  "? ", "|\n", ">\n", "__proto__", "\\u0000", "\\ud800", "data", "tasks", "tasks: [", "sep=;\n", "\uFFFD",
].map((text) => Buffer.from(text)); // prettier-ignore

const BYTES = [
  [0xff], [0xfe], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x80], [0xe2, 0x82], [0xff, 0xfe], [0x1f, 0x8b],
  [0xef, 0xbb, 0xbf], [0, 0, 0xfe, 0xff], [0xa0],
].map((bytes) => Buffer.from(bytes)); // prettier-ignore

/** One change of bytes: what stands from a place on is left out, doubled, or replaced by a piece. */
export interface Edit {
  readonly kind: "insert" | "replace" | "remove" | "double" | "cut" | "flip";
  /** Place as a share of the length, from 0 to 1. */
  readonly at: number;
  readonly length: number;
  readonly piece: Uint8Array;
}

const place = fc.nat({ max: 10_000 }).map((n) => n / 10_000);

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Uint8Array>(...TOKENS) },
  { weight: 2, arbitrary: fc.constantFrom<Uint8Array>(...BYTES) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 6 }) },
);

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom("insert", "insert", "replace", "remove", "double", "flip", "cut"),
  at: place,
  length: fc.integer({ min: 1, max: 40 }),
  piece,
});

/** Up to `most` changes, often none where `least` is 0. */
export const edits = (least: number, most: number): fc.Arbitrary<Edit[]> =>
  fc.array(edit, { minLength: least, maxLength: most });

/** The bytes after all changes, one after another. */
export function edited(bytes: Uint8Array, changes: readonly Edit[]): Uint8Array {
  return changes.reduce<Uint8Array>((before, change) => changed(before, change), bytes);
}

function changed(bytes: Uint8Array, { kind, at, length, piece }: Edit): Uint8Array {
  const from = Math.floor(at * bytes.length);
  const to = Math.min(bytes.length, from + length);
  const parts = (...list: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(list));
  switch (kind) {
    case "insert":
      return parts(bytes.subarray(0, from), piece, bytes.subarray(from));
    case "replace":
      return parts(
        bytes.subarray(0, from),
        piece,
        bytes.subarray(Math.min(bytes.length, from + piece.length)),
      );
    case "remove":
      return parts(bytes.subarray(0, from), bytes.subarray(to));
    case "double":
      return parts(bytes.subarray(0, to), bytes.subarray(from));
    case "cut":
      return bytes.slice(0, from);
    case "flip": {
      const copy = bytes.slice();
      if (from < copy.length) copy[from] = copy[from]! ^ (1 << (length % 8));
      return copy;
    }
    default:
      return kind satisfies never;
  }
}
