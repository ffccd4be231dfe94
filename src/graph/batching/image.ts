import type { Dim, Tensor } from "../tensor.js";

/** What stands for a tensor in a rebuilt graph; a batched one has one more leading axis. */
export interface Image {
  readonly tensor: Tensor;
  readonly batched: boolean;
}

/** The leading axis of a rebuilt graph: its size, and a tensor that has it. */
export interface Lead {
  readonly size: Dim;
  readonly like: Tensor;
}
