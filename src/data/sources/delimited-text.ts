import { DataError } from "../../base/errors.js";
import { type EncodingChoice, utf8Text } from "../text-encoding.js";
import { hasEscapedQuote, withDoubledQuotes } from "./backslashes.js";
import { delimiterNamed, dialectOf } from "./dialect.js";
import { faultError } from "./record-fault.js";
import { type RecordIndex, recordIndex } from "./record-index.js";

/** What is known of delimited text beforehand. */
export interface DelimitedChoice extends EncodingChoice {
  /** One sign, or its name; found from the first records when absent. */
  readonly delimiter?: string;
  /** Whether the first record names the columns; found from the records when absent. */
  readonly header?: "yes" | "no";
  /** A delimiter to take where the header has it. */
  readonly preferred?: string;
}

/** Delimited text in the one form that is parsed: UTF-8, RFC 4180, the header first. */
export interface DelimitedText {
  readonly bytes: Uint8Array;
  /** True when these are not the bytes that came in. */
  readonly rewritten: boolean;
  readonly delimiter: string;
  readonly index: RecordIndex;
  /** Whether the first record names the columns, where that was set. */
  readonly header?: "yes" | "no";
  /** What was decided, where that has to be said. */
  readonly notes: readonly string[];
}

/**
 * Brings delimited text into the one form that is parsed: decodes it, leaves out what stands before the header, finds its
 * delimiter, and where quotes are escaped with backslashes writes them twice. The last only where the text is not sound by
 * RFC 4180, and is sound with backslashes.
 *
 * @throws {DataError} for text of no known encoding, empty text, a header without rows, a row with more or fewer cells than
 * the header, a quote that does not end, text after a closing quote, a row of more than 16 MiB; {ConfigError} for a
 * delimiter or an encoding that is none.
 */
export function delimitedText(
  given: Uint8Array,
  source: string,
  { delimiter, preferred, header, ...encoding }: DelimitedChoice = {},
): DelimitedText {
  const forced = delimiter === undefined ? undefined : delimiterNamed(delimiter);
  const text = utf8Text(given, source, encoding);
  const dialect = dialectOf(text.bytes, { forced, preferred });
  const bytes = text.bytes.subarray(dialect.skipped);
  const counted = { firstLine: 1 + dialect.skippedLines };
  const found = recordIndex(bytes, dialect.delimiter, counted);
  const notes = [...(text.note === undefined ? [] : [text.note]), ...dialect.notes];
  const set = header && { header };
  const least = header === "no" ? 1 : 2; // records
  const rewritten = bytes.length !== given.length || text.bytes !== given;
  if (found.fault && hasEscapedQuote(bytes)) {
    const doubled = withDoubledQuotes(bytes, dialect.delimiter);
    const index = recordIndex(doubled, dialect.delimiter, counted);
    if (!index.fault && index.lines.length >= least) {
      const note = "quotes inside cells are escaped with backslashes, and were read so";
      return {
        bytes: doubled,
        rewritten: true,
        delimiter: dialect.delimiter,
        index,
        ...set,
        notes: [...notes, note],
      };
    }
  }
  refuseUnsound(found, source, least);
  return { bytes, rewritten, delimiter: dialect.delimiter, index: found, ...set, notes };
}

function refuseUnsound({ fault, cells, lines }: RecordIndex, source: string, least: number): void {
  if (fault) throw faultError(fault, cells, source);
  if (lines.length >= least) return;
  const problem = lines.length === 0 ? "is empty" : "has a header but no rows";
  const fix = "Export the table again, with one header line and one line a row.";
  throw new DataError({ where: source, subject: "the file", problem, fix });
}
