import { isUtf8 } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import { DataError } from "../../base/errors.js";
import { encodingName } from "../text-encoding.js";
import type { RawColumn, RawTable } from "../raw-table.js";
import { isNumber } from "../spellings.js";
import type { DelimitedChoice } from "./delimited-text.js";
import { readDelimited } from "./delimited.js";
import { delimiterNamed, dialectOf } from "./dialect.js";
import { refuseOtherKinds } from "./file-kind.js";
import { LARGEST_TEXT } from "./input-file.js";
import { recordEnds } from "./record-ends.js";
import { faultError } from "./record-fault.js";
import { recordIndex } from "./record-index.js";

/** Records of a file of delimited text that are read together. */
interface Piece {
  readonly from: number;
  readonly size: number;
  /** 1-based line on which it begins. */
  readonly line: number;
  readonly rows: number;
}

/** Delimited text that was looked through once and can be read some records at a time. */
export interface TextPieces {
  readonly names: readonly string[];
  readonly rows: number;
  readonly notes: NonNullable<RawTable["notes"]>;
  readonly pieces: readonly Piece[];
  read(piece: Piece): Promise<RawTable>;
}

/** How large the pieces are. */
export interface PieceSize {
  /** Bytes of a piece, about. */
  readonly bytes: number;
  /** Rows of every piece but the last are a multiple of so many where that many fit. */
  readonly multiple: number;
}

const HEAD = 2 ** 20; // bytes that show delimiter, header and kind of file
const MOST = 2 ** 26; // bytes of a piece in which so many rows are sought as it should have

/**
 * Looks a file of delimited text through: all its records are checked, and its pieces are noted. The pieces one after another are
 * the table that `readDelimited` gives, but whether the first record is a header is decided on the first MiB.
 *
 * @returns undefined for what has to be read whole: text in another encoding than UTF-8, and text of unsound form that is small
 * enough for that, whose quotes may be escaped with backslashes.
 * @throws {DataError} as `readDelimited`, for the first fault.
 */
export async function openTextPieces(
  source: string,
  choice: DelimitedChoice,
  size: PieceSize,
): Promise<TextPieces | undefined> {
  if (choice.encoding !== undefined && encodingName(choice.encoding) !== "utf-8") return undefined;
  const file = await open(source, "r");
  try {
    return await survey(file, source, choice, size);
  } finally {
    await file.close();
  }
}

async function survey(
  file: FileHandle,
  source: string,
  { delimiter: forced, preferred, header: named }: DelimitedChoice,
  { bytes: pieceBytes, multiple }: PieceSize,
): Promise<TextPieces | undefined> {
  const total = (await file.stat()).size;
  const head = await bytesAt(file, 0, HEAD);
  refuseOtherKinds(head, source);
  if (head.includes(0)) return undefined; // UTF-16, or no text
  const dialect = dialectOf(head, {
    forced: forced === undefined ? undefined : delimiterNamed(forced),
    preferred,
  });
  const { delimiter, skipped } = dialect;
  const ends = recordEnds(head, delimiter, { from: skipped, last: head.length === total });
  const first = head.subarray(0, ends.end);
  if (ends.end === 0 || !isUtf8(first)) return undefined;
  const counted = recordIndex(first.subarray(skipped), delimiter, { firstLine: 1 + dialect.skippedLines });
  if (counted.fault) return faulty(total, faultError(counted.fault, counted.cells, source));
  const probe = readDelimited(first, source, {
    encoding: "utf-8",
    delimiter,
    ...(named !== undefined && { header: named }),
  });
  const heading = probe.rows < counted.lines.length ? 1 : 0;
  const start = recordEnds(head, delimiter, { from: skipped, last: true, most: heading });
  const names = probe.columns.map(({ name }) => name);
  const neutral = headerOf(
    names.map((_, i) => `c${i}`),
    delimiter,
  );

  const pieces: Piece[] = [];
  let from = heading === 1 ? start.end : skipped;
  let line = 1 + dialect.skippedLines + start.lines;
  let rows = 0;
  while (from < total) {
    let bytes = await bytesAt(file, from, pieceBytes);
    let end = recordEnds(bytes, delimiter, { last: from + bytes.length === total, multiple });
    while (
      from + bytes.length < total &&
      bytes.length < MOST &&
      (end.end === 0 || end.records % multiple !== 0)
    ) {
      bytes = await bytesAt(file, from, 2 * bytes.length);
      end = recordEnds(bytes, delimiter, { last: from + bytes.length === total, multiple });
    }
    const piece = end.end === 0 ? bytes : bytes.subarray(0, end.end);
    if (!isUtf8(piece)) return undefined;
    const index = recordIndex(Buffer.concat([neutral, piece]), delimiter, { firstLine: line - 1 });
    if (index.fault) return faulty(total, faultError(index.fault, names.length, source));
    if (index.lines.length > 1) pieces.push({ from, size: piece.length, line, rows: index.lines.length - 1 });
    rows += index.lines.length - 1;
    line += end.lines;
    from += piece.length;
  }
  const header = isSafe(names) ? headerOf(names, delimiter) : neutral;
  const read = (piece: Piece): Promise<RawTable> => readPiece(source, piece, { names, delimiter, header });
  return { names, rows, notes: probe.notes ?? [], pieces, read };
}

/** Text that is small enough is read whole, which finds what is wrong with it or reads it in another way. */
function faulty(total: number, error: Error): undefined {
  if (total > LARGEST_TEXT) throw error;
  return undefined;
}

async function bytesAt(file: FileHandle, from: number, size: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(new Uint8Array(size), 0, size, from);
  return buffer.subarray(0, bytesRead);
}

const headerOf = (names: readonly string[], delimiter: string): Uint8Array =>
  Buffer.from(`${names.map((name) => `"${name.replaceAll('"', '""')}"`).join(delimiter)}\n`);

/** Whether names can be put over a piece: they are no numbers, so that no piece is taken for one without a header. */
const isSafe = (names: readonly string[]): boolean =>
  names.length > 1 && names.every((name) => name !== "" && !isNumber(name.trim()));

async function readPiece(
  source: string,
  { from, size, line, rows }: Piece,
  {
    names,
    delimiter,
    header,
  }: { readonly names: readonly string[]; readonly delimiter: string; readonly header: Uint8Array },
): Promise<RawTable> {
  const file = await open(source, "r");
  const bytes = await bytesAt(file, from, size).finally(() => file.close());
  const table = readDelimited(Buffer.concat([header, bytes]), source, {
    encoding: "utf-8",
    delimiter,
    header: "yes",
  });
  const lines = Int32Array.from(table.lines!, (own) => own - 2 + line);
  if (table.rows !== rows || table.columns.length !== names.length) {
    const problem = "has changed while it was read";
    throw new DataError({
      where: source,
      subject: "the file",
      problem,
      fix: "Read a file that stays as it is.",
    });
  }
  const { unnamed: _, notes: __, ...rest } = table;
  const columns = table.columns.map((column, c) =>
    column.name === names[c] ? column : renamed(column, names[c]!),
  );
  return { ...rest, lines, columns };
}

/** The column under another name, whose cells are still made only when asked for. */
const renamed = (column: RawColumn, name: string): RawColumn =>
  column.kind === "text"
    ? {
        name,
        kind: "text",
        get cells() {
          return column.cells;
        },
      }
    : { ...column, name };
