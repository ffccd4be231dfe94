declare module "@uwdata/flechette/src/compression.js" {
  /** Sets what packs and unpacks buffers: 0 for LZ4 frames, 1 for Zstandard. */
  export { setCompressionCodec } from "@uwdata/flechette";
}

declare module "@uwdata/flechette/src/decode/decode-ipc.js" {
  /** The messages of an Arrow file or stream; how many dictionaries stand before each batch of rows. */
  export function decodeIPC(bytes: Uint8Array): { readonly dictsBeforeRecord?: readonly number[] };
}

declare module "@uwdata/flechette/src/decode/table-from-ipc.js" {
  import type { Table } from "@uwdata/flechette";
  /** The table of messages. */
  export function createTable(messages: object, options: { readonly useBigInt: boolean }): Table;
}
