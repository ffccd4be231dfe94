import { createHash } from "node:crypto";

const MAGIC = Buffer.from("KINDRED\u0001", "latin1"); // the last byte is not text, so that no text file begins so
const VERSION = 1; // of this envelope; a file of another version is not read
const LENGTH_AT = MAGIC.length + 4;
const HASH_AT = LENGTH_AT + 8;
const BODY_AT = HASH_AT + 32;

/**
 * Puts bytes into an envelope that shows any damage: a magic, a version (uint32), the length (uint64) and the SHA-256 over
 * version, length and content, then the content; numbers little-endian.
 */
export function sealed(content: Uint8Array): Uint8Array {
  const out = Buffer.alloc(BODY_AT + content.length);
  MAGIC.copy(out);
  out.writeUInt32LE(VERSION, MAGIC.length);
  out.writeBigUInt64LE(BigInt(content.length), LENGTH_AT);
  out.set(content, BODY_AT);
  out.set(hashOf(out), HASH_AT);
  return out;
}

/** What is wrong with an envelope, or its content. */
export type Unsealed = { readonly content: Uint8Array } | { readonly problem: string };

/** Opens an envelope; anything but exactly what `sealed` wrote has a problem. */
export function unsealed(bytes: Uint8Array): Unsealed {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < BODY_AT) return { problem: "is cut off" };
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) return { problem: "is no checkpoint of Kindred's" };
  const version = file.readUInt32LE(MAGIC.length);
  if (version !== VERSION) return { problem: `has the format ${version} instead of ${VERSION}` };
  if (file.readBigUInt64LE(LENGTH_AT) !== BigInt(file.length - BODY_AT))
    return { problem: "has not the length it should have" };
  if (!hashOf(file).equals(file.subarray(HASH_AT, BODY_AT))) return { problem: "is damaged" };
  return { content: file.subarray(BODY_AT) };
}

const hashOf = (file: Buffer): Buffer =>
  createHash("sha256").update(file.subarray(MAGIC.length, HASH_AT)).update(file.subarray(BODY_AT)).digest();
