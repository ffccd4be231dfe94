import { DataError } from "../../base/errors.js";

/** Files that are no text, by how they begin; the words fit after "is". */
const BEGINNINGS: readonly {
  readonly bytes: readonly number[];
  readonly kind: string;
  readonly fix: string;
}[] = [
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    kind: "a zip archive or an Excel workbook",
    fix: "Unzip it, or save the sheet as CSV (UTF-8).",
  },
  {
    bytes: [0xd0, 0xcf, 0x11, 0xe0],
    kind: "an old Excel workbook (.xls)",
    fix: "Save the sheet as CSV (UTF-8).",
  },
  { bytes: [0x42, 0x5a, 0x68], kind: "compressed with bzip2", fix: "Decompress it with bunzip2." },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], kind: "compressed with zstd", fix: "Decompress it with unzstd." },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], kind: "compressed with xz", fix: "Decompress it with unxz." },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], kind: "a 7z archive", fix: "Unpack it." },
  { bytes: [0x50, 0x41, 0x52, 0x31], kind: "a Parquet file", fix: "Give it a name that ends in .parquet." },
  {
    bytes: [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31],
    kind: "an Arrow file",
    fix: "Give it a name that ends in .arrow.",
  },
  { bytes: [0x25, 0x50, 0x44, 0x46, 0x2d], kind: "a PDF document", fix: "Export its table as CSV." },
  {
    bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66, 0x6f, 0x72, 0x6d, 0x61, 0x74],
    kind: "an SQLite database",
    fix: "Name a table of it, as sqlite:FILE#TABLE.",
  },
];

/** True for bytes that begin as gzip does (RFC 1952) with its one method. */
export const isGzip = (bytes: Uint8Array): boolean => beginsWith(bytes, [0x1f, 0x8b, 0x08]);

/**
 * Refuses what is known not to be text by how it begins.
 *
 * @throws {DataError} with what it is and what to do.
 */
export function refuseOtherKinds(bytes: Uint8Array, where: string): void {
  const found = BEGINNINGS.find(({ bytes: first }) => beginsWith(bytes, first) && holdsControls(bytes));
  if (found === undefined) return;
  const { kind, fix } = found;
  throw new DataError({ where, subject: "the file", expected: "text", got: kind, fix });
}

const beginsWith = (bytes: Uint8Array, first: readonly number[]): boolean =>
  first.every((byte, i) => bytes[i] === byte);

/** A table may begin with the letters of another kind: `BZh,PAR1` is text, since it holds no control characters. */
const holdsControls = (bytes: Uint8Array): boolean =>
  bytes
    .subarray(0, 1024)
    .some((byte) => (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) || byte > 0xf4);
