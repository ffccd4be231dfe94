import { DataError } from "../../base/errors.js";

const DEEPEST = 100; // the database calls itself for each level, and some ten thousand end the process
const [QUOTE, BACKSLASH, LETTER_N] = [0x22, 0x5c, 0x6e];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Looks over the bytes of JSON or JSON Lines for what the database cannot be given: values nested so deep that it would end
 * the process, and records that are null, which it takes for rows without values.
 *
 * @param parts the bytes, in parts of any size.
 * @throws {DataError} naming the record.
 */
export async function checkJsonForm(
  parts: AsyncIterable<Uint8Array>,
  name: string,
  format: "json" | "jsonl",
): Promise<void> {
  const top = format === "json" ? 1 : 0; // levels around a record
  let [depth, records, inText, escaped] = [0, 0, false, false];
  for await (const bytes of parts) {
    for (const byte of bytes) {
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inText = false;
      } else if (byte === QUOTE) inText = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (depth === top) records += 1;
        depth += 1;
        if (depth > DEEPEST) throw tooDeep(name, records);
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
      else if (byte === LETTER_N && depth === top) throw isNull(`${name} record ${records + 1}`);
    }
  }
}

function tooDeep(name: string, record: number): DataError {
  return new DataError({
    where: record > 0 ? `${name} record ${record}` : name,
    subject: "a value",
    expected: `nested at most ${DEEPEST} levels deep`,
    got: "more",
    fix: "Flatten nested values into columns of their own.",
  });
}

function isNull(where: string): DataError {
  const expected = "an object with one property for each column";
  return new DataError({
    where,
    subject: "the record",
    expected,
    got: "null",
    fix: "Take it out, or give it its columns.",
  });
}
