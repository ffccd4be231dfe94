import { DataError } from "../base/errors.js";
import type { DType, TensorValue } from "../graph/index.js";
import type { Values } from "../runtime/runtime.js";

/** A checkpoint's plain part, which must survive JSON, and its arrays by name. */
export interface CheckpointParts<H> {
  readonly header: H;
  readonly arrays: Values;
}

type NumberType = Exclude<DType, "string">;
type Numbers = Exclude<TensorValue["data"], readonly string[]>;

const FROM_BUFFER = {
  float32: (buffer) => new Float32Array(buffer),
  float64: (buffer) => new Float64Array(buffer),
  int32: (buffer) => new Int32Array(buffer),
  int64: (buffer) => new BigInt64Array(buffer),
  bool: (buffer) => new Uint8Array(buffer),
} satisfies Record<NumberType, (buffer: ArrayBuffer) => Numbers>;

interface Entry {
  readonly name: string;
  readonly dtype: NumberType;
  readonly shape: readonly number[];
  readonly bytes: number;
}

const LENGTH = 4; // bytes of the number that says how long the JSON part is

/**
 * Lays a checkpoint out as bytes: the length of a JSON part (uint32), that part in UTF-8, then the raw arrays one after the
 * other, all little-endian.
 */
export function checkpointBytes<H>({ header, arrays }: CheckpointParts<H>): Uint8Array {
  const named = Object.entries(arrays).map(([name, { dtype, shape, data }]) => {
    const raw = littleEndian(data as Numbers); // checkpoints hold numbers only
    const entry: Entry = { name, dtype: dtype as NumberType, shape, bytes: raw.byteLength };
    return { entry, raw };
  });
  const plain = new TextEncoder().encode(JSON.stringify({ header, arrays: named.map(({ entry }) => entry) }));
  const body = named.reduce((sum, { entry }) => sum + entry.bytes, 0);
  const out = new Uint8Array(LENGTH + plain.length + body);
  new DataView(out.buffer).setUint32(0, plain.length, true);
  out.set(plain, LENGTH);
  let at = LENGTH + plain.length;
  for (const { raw } of named) {
    out.set(raw, at);
    at += raw.byteLength;
  }
  return out;
}

/**
 * Reads what `checkpointBytes` wrote. The header's form is the caller's to trust: bytes come from a store that vouches for them.
 *
 * @throws {DataError} if the bytes are not laid out like a checkpoint.
 */
export function checkpointParts<H>(bytes: Uint8Array): CheckpointParts<H> {
  const length = bytes.length < LENGTH ? 0 : viewOf(bytes).getUint32(0, true);
  let at = LENGTH + length;
  if (length === 0 || at > bytes.length) throw unreadable("is cut off");
  const { header, arrays } = plainPart<H>(bytes.subarray(LENGTH, at));
  const values: [string, TensorValue][] = [];
  for (const { name, dtype, shape, bytes: size } of arrays) {
    if (at + size > bytes.length) throw unreadable(`is cut off in "${name}"`);
    const data = FROM_BUFFER[dtype](nativeEndian(new Uint8Array(bytes.subarray(at, at + size)), dtype));
    values.push([name, { dtype, shape, data }]);
    at += size;
  }
  if (at !== bytes.length) throw unreadable(`has ${bytes.length - at} bytes too many`);
  return { header, arrays: Object.fromEntries(values) };
}

function plainPart<H>(bytes: Uint8Array): { header: H; arrays: readonly Entry[] } {
  try {
    const found = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as {
      header: H;
      arrays: readonly Entry[];
    };
    if (Array.isArray(found.arrays) && found.arrays.every(isEntry)) return found;
  } catch (cause) {
    throw unreadable("has no readable header", cause);
  }
  throw unreadable("does not list its arrays");
}

const isEntry = ({ dtype, shape, bytes }: Entry): boolean =>
  Object.hasOwn(FROM_BUFFER, dtype) &&
  shape.reduce((size, dim) => size * dim, FROM_BUFFER[dtype](new ArrayBuffer(0)).BYTES_PER_ELEMENT) === bytes;

const unreadable = (problem: string, cause?: unknown): DataError =>
  new DataError(
    { where: "resume", subject: "the checkpoint", problem, fix: "Start anew, overwriting it." },
    cause === undefined ? {} : { cause },
  );

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

const IS_LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function littleEndian(data: Numbers): Uint8Array {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return IS_LITTLE ? raw : swapped(raw.slice(), data.BYTES_PER_ELEMENT);
}

function nativeEndian(raw: Uint8Array<ArrayBuffer>, dtype: NumberType): ArrayBuffer {
  return (IS_LITTLE ? raw : swapped(raw, FROM_BUFFER[dtype](new ArrayBuffer(0)).BYTES_PER_ELEMENT)).buffer;
}

/** Turns the bytes of every element round, in place. */
function swapped(raw: Uint8Array<ArrayBuffer>, width: number): Uint8Array<ArrayBuffer> {
  for (let at = 0; at < raw.length; at += width) raw.subarray(at, at + width).reverse();
  return raw;
}
