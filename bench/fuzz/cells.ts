import * as fc from "fast-check";

/** Cells that have broken readers of tables before. */
export const AWKWARD = [
  "", " ", "  x  ", "0", "-0", "1", "2.5", "1e5", "1e999", "-1e-999", "0x10", "1_000", "Infinity", "-inf", "NaN", "NA", "?", ".",
  "null", "None", "１２", "٣", "1,5", "1.234,5", "1 000", "+7", "00123", "true", "FALSE", "yes", "t", "2024-01-02", "2024-02-30",
  "2024-01-02T25:00:00", "2024-01-02T03:04:05.678+01:00", "+275760-09-13", "12:30", "=cmd|' /C calc'!A0", "@SUM(1)", "-rf",
  "../../etc/passwd", "__proto__", "constructor", "toString", "a,b", "a;b", 'say "x"', '"', "two\nlines", "cr\rhere", "tab\there",
  "\0", "a\0b", "é", "e\u0301", "😀", "\u200b", "\u202e", "\u2028", "ﬀ", "ß", "İ", "{}", "[1]", '{"a":1}', "#", "\\", "\\N",
  "9007199254740993", "123456789012345678901234567890", "3.5e38", "1e-46", "x".repeat(300),
] as const; // prettier-ignore

/** Any cell: mostly awkward ones, plain ones, arbitrary text. */
export const cell: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...AWKWARD) },
  { weight: 3, arbitrary: fc.constantFrom("red", "blue", "1", "2", "3", "4.5", "x", "y") },
  { weight: 1, arbitrary: fc.double({ noNaN: true }).map(String) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
);

/** Cells of one kind, as a real column has them, with a few that are of another. */
const likeAColumn: fc.Arbitrary<string> = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: -9, max: 99 }).map(String) },
  { weight: 1, arbitrary: cell },
);

/** `rows` cells of one column. */
export const columnOf = (rows: number): fc.Arbitrary<string[]> =>
  fc.oneof(
    fc.array(cell, { minLength: rows, maxLength: rows }),
    fc.array(likeAColumn, { minLength: rows, maxLength: rows }),
    fc.array(fc.constantFrom("a", "b", "c", ""), { minLength: rows, maxLength: rows }),
    cell.map((same) => Array<string>(rows).fill(same)),
  );

/** Names of columns, some of which are keys of every object, equal but for case, or very long. */
export const columnName: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("a", "b", "c", "x", "y", "price", "sold", "colour") },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "__proto__", "constructor", "hasOwnProperty", "toString", "A", "", " ", "a b", 'a"b', "a.b", "a,b", "a:b", "data", "tasks",
      "null", "true", "1", "-", "- a", "#", "é", "e\u0301", "😀", "n\nl", "row", "rowid", "c0", "\0", "x".repeat(400),
    ), // prettier-ignore
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 5 }) },
);
