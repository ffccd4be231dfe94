import type { TensorValue } from "../tensor.js";
import { ELEMENT_TYPES } from "./element-types.js";
import type { TensorProto } from "./schema.js";

/** The constants of a model: equal ones are kept once. */
export class Initializers {
  readonly #fresh: () => string;
  readonly #byKey = new Map<string, { readonly name: string; readonly bytes: Uint8Array }[]>();
  readonly #protos: TensorProto[] = [];

  constructor(fresh: () => string) {
    this.#fresh = fresh;
  }

  /** The name of a constant, new or known. */
  add({ dtype, shape, data }: TensorValue): string {
    const bytes = Array.isArray(data)
      ? new TextEncoder().encode(JSON.stringify(data))
      : littleEndian(data as ArrayBufferView);
    const key = `${dtype} ${shape.join()} ${hash(bytes)}`;
    const known = this.#byKey.get(key) ?? [];
    const found = known.find((other) => same(other.bytes, bytes));
    if (found) return found.name;
    const name = this.#fresh();
    this.#byKey.set(key, [...known, { name, bytes }]);
    this.#protos.push({ name, ...tensorProto({ dtype, shape, data }) });
    return name;
  }

  all(): readonly TensorProto[] {
    return this.#protos;
  }
}

/** A constant as a file holds it, without a name. */
export function tensorProto({ dtype, shape, data }: TensorValue): TensorProto {
  return {
    dims: shape.map(BigInt),
    dataType: ELEMENT_TYPES[dtype],
    ...(Array.isArray(data)
      ? { stringData: data.map((text) => new TextEncoder().encode(String(text))) }
      : { rawData: littleEndian(data as ArrayBufferView) }),
  };
}

/** The bytes of numbers; every machine that runs JavaScript engines today is little-endian, as ONNX is. */
function littleEndian(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** FNV-1a, 32 bits. */
function hash(bytes: Uint8Array): number {
  let state = 0x811c9dc5;
  for (const byte of bytes) state = Math.imul(state ^ byte, 0x01000193);
  return state >>> 0;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
