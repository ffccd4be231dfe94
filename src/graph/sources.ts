import { ShapeError } from "../base/errors.js";
import { currentLayer } from "./layer.js";
import { results } from "./op.js";
import { type Shape, formatShape, product } from "./shape.js";
import type { Attributes, DType, Tensor, TensorValue } from "./tensor.js";

/** Operations that bring values into a graph: they have no rule of their own. */
export const SOURCES: ReadonlySet<string> = new Set(["input", "constant", "formal"]);

/** A value fed when the graph runs; sizes may be names such as `"batch"`. */
export function input(name: string, dtype: DType, shape: Shape): Tensor {
  return source("input", dtype, shape, { name });
}

/**
 * A value fixed in the graph.
 *
 * @throws {ShapeError} if the data are not as many as the shape says.
 */
export function constant(value: TensorValue): Tensor {
  if (value.data.length !== product(value.shape)) {
    const got = `${value.data.length} for ${formatShape(value.shape)}`;
    const expected = "as many as the shape's elements";
    throw new ShapeError({ where: currentLayer() || "graph", subject: "data of a constant", expected, got });
  }
  return source("constant", value.dtype, value.shape, { value });
}

/** One number fixed in the graph, as a tensor without axes. */
export function scalar(x: number, dtype: DType = "float32"): Tensor {
  return constant({ dtype, shape: [], data: SCALAR_DATA[dtype](x) });
}

const SCALAR_DATA = {
  float32: (x) => Float32Array.of(x),
  float64: (x) => Float64Array.of(x),
  int32: (x) => Int32Array.of(x),
  int64: (x) => BigInt64Array.of(BigInt(x)),
  bool: (x) => Uint8Array.of(x === 0 ? 0 : 1),
  string: (x) => [String(x)],
} satisfies Record<DType, (x: number) => TensorValue["data"]>;

/** What a loop hands to its body; only the body may use it. */
export function formal(dtype: DType, shape: Shape): Tensor {
  return source("formal", dtype, shape, {});
}

function source(op: string, dtype: DType, shape: Shape, attributes: Attributes): Tensor {
  return results({ op, inputs: [], attributes, layer: currentLayer(), outputs: [{ shape, dtype }] })[0]!;
}
