const MAGIC = 0x184d2204;
const SKIPPED = 0x184d2a5; // first 28 bits of the magic numbers of frames to be skipped

/**
 * Unpacks LZ4 frames, checksums unread.
 *
 * @param size bytes of the unpacked data, exactly.
 * @throws {RangeError} for data that is no LZ4 frame, or that does not unpack to `size` bytes.
 * @see Collet, "LZ4 Frame Format Description" 1.6.4 and "LZ4 Block Format Description".
 */
export function unpackLz4(packed: Uint8Array, size: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const plain = new Uint8Array(size);
  let [at, end] = [0, 0];
  while (at < packed.length) {
    const magic = view.getUint32(at, true);
    if (magic >>> 4 === SKIPPED) {
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    if (magic !== MAGIC) throw new RangeError("no LZ4 frame");
    const flags = view.getUint8(at + 4);
    const has = (bit: number, bytes: number): number => (flags & bit ? bytes : 0);
    at += 7 + has(8, 8) + has(1, 4); // magic, flags, block size, header checksum; content size, dictionary
    for (let length = view.getUint32(at, true); length !== 0; length = view.getUint32(at, true)) {
      const from = at + 4;
      const to = from + (length & 0x7fffffff);
      if (to > packed.length) throw new RangeError("an LZ4 block is cut short");
      if (length >>> 31) {
        plain.set(packed.subarray(from, to), end); // a block that packing would have made larger
        end += to - from;
      } else end = unpackBlock(packed.subarray(from, to), plain, end);
      at = to + has(16, 4);
    }
    at += 4 + has(4, 4);
  }
  if (end !== size) throw new RangeError(`LZ4 data of ${end} bytes where ${size} are due`);
  return plain;
}

/** Unpacks one block behind what is there already, which it may refer to. */
function unpackBlock(block: Uint8Array, plain: Uint8Array, start: number): number {
  let [at, end] = [0, start];
  const more = (length: number): number => {
    if (length < 15) return length;
    let [sum, byte] = [length, 255];
    while (byte === 255) sum += byte = byteAt(block, at++);
    return sum;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = more(token >> 4);
    if (at + literals > block.length) throw new RangeError("an LZ4 block is cut short");
    plain.set(block.subarray(at, at + literals), end);
    at += literals;
    end += literals;
    if (at >= block.length) break; // the last sequence has literals alone
    const offset = byteAt(block, at) | (byteAt(block, at + 1) << 8);
    at += 2;
    const length = more(token & 15) + 4;
    if (offset === 0 || offset > end || end + length > plain.length)
      throw new RangeError("an LZ4 block refers to bytes that are not there");
    for (const stop = end + length; end < stop; end++) plain[end] = plain[end - offset]!; // may overlap itself
  }
  return end;
}

function byteAt(block: Uint8Array, at: number): number {
  const byte = block[at];
  if (byte === undefined) throw new RangeError("an LZ4 block is cut short");
  return byte;
}
