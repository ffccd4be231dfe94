import { decompress as unpackZstd } from "fzstd";
import { unpackLz4 } from "./lz4-frame.js";

/** What unpacks a compressed buffer of an Arrow file. */
interface Unpacker {
  decode(packed: Uint8Array, size: number): Uint8Array;
  encode(plain: Uint8Array): Uint8Array;
}

const neverWritten = (): never => {
  throw new RangeError("Arrow files are only read");
};

/** LZ4 in its frame format. */
export const lz4Codec: Unpacker = { decode: unpackLz4, encode: neverWritten };

/** Zstandard. */
export const zstdCodec: Unpacker = {
  decode: (packed, size) => unpackZstd(packed, new Uint8Array(size)),
  encode: neverWritten,
};
