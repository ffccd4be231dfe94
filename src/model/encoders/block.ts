import { type Tensor, concat, constant } from "../../graph/index.js";

/** Features `[batch, W]`, and the name of the input that each of the W comes from. */
export interface Block {
  readonly features: Tensor;
  readonly owners: readonly string[];
}

/** Tensors `[batch, W]` side by side. */
export const side = (columns: readonly Tensor[]): Tensor =>
  columns.length === 1 ? columns[0]! : concat(columns, 1);

/** Numbers as a row `[1, W]`, float32. */
export const row = (values: readonly number[]): Tensor =>
  constant({ dtype: "float32", shape: [1, values.length], data: Float32Array.from(values) });

/** Whole numbers as a vector `[W]`, int32. */
export const indices = (values: readonly number[]): Tensor =>
  constant({ dtype: "int32", shape: [values.length], data: Int32Array.from(values) });

/** Numbers as a table `[N, W]`, float32. */
export const table = (rows: readonly (readonly number[])[]): Tensor =>
  constant({ dtype: "float32", shape: [rows.length, rows[0]!.length], data: Float32Array.from(rows.flat()) });
