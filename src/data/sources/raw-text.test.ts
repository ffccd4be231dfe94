import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../base/errors.js";
import { readDelimited } from "./delimited.js";
import { rawFromText } from "./raw-text.js";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What comes of reading: the table, or the message of the mistake. */
async function outcome(read: () => unknown): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
}

/** Both readers on the same text. */
const both = async (text: string): Promise<readonly [unknown, unknown]> => [
  await outcome(() => rawFromText(text, "table")),
  await outcome(() => readDelimited(bytesOf(text), "table")),
];

describe("delimited text in memory", () => {
  it("gives the table of the file for the penguins", async () => {
    const text = readFileSync(
      fileURLToPath(new URL("../../../examples/penguins.csv", import.meta.url)),
      "utf8",
    );
    const [own, file] = await both(text);
    expect(own).toEqual(file);
    expect(own).toMatchObject({ rows: 344, unit: "line" });
  });

  it.each([
    ["quotes, delimiters and line breaks in cells", 'a,b\n"x, y","1 ""2"""\r\n"two\nlines",\n'],
    ["another delimiter", "a;b\n1,5;2,5\n"],
    ["a byte order mark", "\uFEFFa\tb\n1\t2"],
    ["empty lines", "\n\na,b\n\n1,2\n\n"],
    ["a lone empty quoted cell", 'a\n""\nx\n'],
    ["a space before a quote", 'a, "b"\n1, " x"\n'],
    ["columns without a name", "a,,b\n1,2,3\n"],
    ["lone CRs", "a,b\r1,2\r3,4"],
    ["nothing", ""],
    ["a header alone", "a,b\n"],
    ["a ragged row", "a,b\n1,2\n1\n"],
    ["an endless quote", 'a,b\n1,"2\n'],
    ["text after a quote", 'a,b\n"1"x,2\n'],
    ["equal names", "a,a\n1,2\n"],
  ])("gives what the file gives: %s", async (_, text) => {
    const [own, file] = await both(text);
    expect(own).toEqual(file);
  });

  it("gives what the file gives, whatever the cells", async () => {
    const cell = fc.string({
      unit: fc.constantFrom("a", "1", " ", ",", ";", '"', "\n", "\r", "é"),
      maxLength: 5,
    });
    const quoted = (text: string): string =>
      /[",;\n\r ]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 }),
        fc.constantFrom("\n", "\r\n"),
        async (rows, end) => {
          const lines = [["x", "y", "z"], ...rows].map((row) => row.map(quoted).join(","));
          const [own, file] = await both(lines.join(end) + end);
          expect(own).toEqual(file);
          expect(own).toMatchObject({
            columns: [0, 1, 2].map((c) => ({ cells: rows.map((row) => row[c] || null) })),
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});
