/** One extent of a shape: a size, or the name of a symbolic size such as `"batch"`. */
export type Dim = number | string;

/** Element types a graph can hold. `float64` is for checks, `string` for raw categories and labels. */
export type DType = "float32" | "float64" | "int32" | "int64" | "bool" | "string";

/** A value fed to, or fetched from, a graph. `bool` is a Uint8Array of 0 and 1. */
export interface TensorValue {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | readonly string[];
}

/** Attributes of a node: plain data only, so that equal nodes can be recognised. */
export type Attributes = Readonly<Record<string, AttributeValue>>;
/** One attribute. */
export type AttributeValue = number | string | boolean | readonly Dim[] | TensorValue | Subgraph;

/** The body of a loop: its formal inputs and its results. It may also use tensors of the graph around it. */
export interface Subgraph {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** One operation applied to tensors. Immutable; a graph is what is reachable from its outputs. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  /** The layer this node came from, such as `trunk.1`; the empty string outside any layer. */
  readonly layer: string;
  readonly outputs: readonly { readonly shape: readonly Dim[]; readonly dtype: DType }[];
}

/** One result of a node: what expressions are made of. */
export interface Tensor {
  readonly node: Node;
  /** Which of the node's outputs this is. */
  readonly index: number;
  readonly shape: readonly Dim[];
  readonly dtype: DType;
}
