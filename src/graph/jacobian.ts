import { ShapeError } from "../base/errors.js";
import { add, matmul, reshape } from "./ops/index.js";
import { batchedPullback } from "./pullback-batched.js";
import { formatShape, isFloat, productDim } from "./shape.js";
import { constant } from "./sources.js";
import type { DType, Tensor, TensorValue } from "./tensor.js";

/**
 * The Jacobian of a vector: the gradient of each of its elements, in one backward pass with a leading axis.
 *
 * Every operation on the way back works on T cotangents, those of a task's own branch too, where all but one are zeros. When
 * element t depends on shared tensors only through row t of some tensor `rows` `[T, …]` that repeats a shared tensor, take
 * `gradients(sum, [rows])` first, a plain pass whose row t is the cotangent of task t, and hand it to `batchedPullback`.
 *
 * @param values floats `[T]` with T a number: one loss for each task, say.
 * @param wrt tensors of the graph, leaves or not.
 * @returns `[T, …wrt.shape]` for each; zeros where no value depends on it.
 * @throws {ShapeError} if the values are no float vector of known size, and as `batchedPullback`.
 */
export function jacobian(values: Tensor, wrt: readonly Tensor[]): Tensor[] {
  const { shape, dtype, node } = values;
  const [size] = shape;
  if (!isFloat(dtype) || shape.length !== 1 || typeof size !== "number") {
    throw new ShapeError({
      where: node.layer || "graph",
      subject: "values of a Jacobian",
      expected: "a float vector of known size",
      got: `${dtype} ${formatShape(shape)}`,
      fix: "Stack the losses of the tasks into one tensor [T].",
    });
  }
  return batchedPullback([values], [constant(identity(size, dtype))], wrt);
}

/**
 * The Gramian of a Jacobian given in parts: G[i, j] = Σ over parts of ⟨Jᵢ, Jⱼ⟩, each part's rows laid out flat.
 *
 * @param jacobians parts `[T, …]` of one T and type, at least one.
 * @returns `[T, T]`.
 * @throws {ShapeError} if there is no part, a part has no axes, or T differs.
 */
export function gramian(jacobians: readonly Tensor[]): Tensor {
  const rows = jacobians[0]?.shape[0];
  const other = jacobians.find(({ shape }) => shape[0] !== rows);
  if (rows === undefined || other) {
    const got = jacobians.map(({ shape }) => formatShape(shape)).join(" and ") || "none";
    const expected = "at least one, of one leading size T";
    throw new ShapeError({ where: "graph", subject: "parts of a Jacobian", expected, got });
  }
  return jacobians
    .map((part) => {
      const flat = reshape(part, [rows, productDim(part.shape.slice(1))]); // [T, P]
      return matmul(flat, flat, { transposeB: true }); // [T, T]
    })
    .reduce((sum, part) => add(sum, part));
}

function identity(size: number, dtype: DType): TensorValue {
  const data = dtype === "float64" ? new Float64Array(size * size) : new Float32Array(size * size);
  for (let i = 0; i < size; i++) data[i * (size + 1)] = 1;
  return { dtype, shape: [size, size], data };
}
