import type { ShapeError } from "../base/errors.js";
import type { Inference } from "./op.js";
import { type Shape, isFloat } from "./shape.js";
import type { Attributes, Tensor, TensorValue } from "./tensor.js";

/** Largest matrix that is solved or factorised inside a graph: the steps are written out one by one. */
export const LARGEST_MATRIX = 32;

/** Why the first input is no stack of small square matrices `[…, n, n]`, as an error to throw; undefined when it is. */
export function matrixFault(
  { inputs, fail }: Pick<Inference<Attributes>, "inputs" | "fail">,
  largest = LARGEST_MATRIX,
): ShapeError | undefined {
  const { shape, dtype } = inputs[0]!;
  if (!isFloat(dtype)) return fail("matrix", "of type float32 or float64", "Cast it.", dtype);
  const n = shape.at(-1);
  if (shape.length >= 2 && typeof n === "number" && n === shape.at(-2) && n >= 1 && n <= largest)
    return undefined;
  const limit = Number.isFinite(largest) ? `, n known and in [1, ${largest}]` : ", n known and at least 1";
  return fail("matrix", `[.., n, n]${limit}`);
}

/** The number of rows of square matrices that passed `matrixFault`. */
export const matrixSize = (shape: Shape): number => Number(shape.at(-1));

/** The identity `[n, n]` in the size and type of square matrices `[…, n, n]`. */
export function identityOf({ shape, dtype }: Pick<Tensor, "shape" | "dtype">): TensorValue {
  const n = matrixSize(shape);
  const data = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
  return { dtype, shape: [n, n], data: dtype === "float64" ? data : Float32Array.from(data) };
}

/**
 * Solves A·X = B in place by elimination with row exchanges (Gauss-Jordan with partial pivoting).
 *
 * @param a row-major `[n, n]`; destroyed.
 * @param b row-major `[n, m]`; becomes X.
 * @returns the determinant of A; when that is 0, X is not finite.
 */
export function eliminate(a: Float64Array, b: Float64Array, n: number, m: number): number {
  let determinant = 1;
  let singular = false;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]!) > Math.abs(a[pivot * n + k]!)) pivot = i;
    if (pivot !== k) {
      exchange(a, pivot, k, n);
      exchange(b, pivot, k, m);
      determinant = -determinant;
    }
    const head = a[k * n + k]!;
    determinant *= head;
    singular ||= head === 0;
    scaleRow(a, k, n, head);
    scaleRow(b, k, m, head);
    for (let i = 0; i < n; i++) {
      const factor = a[i * n + k]!;
      if (i === k) continue;
      subtractRow(a, i, k, n, factor);
      subtractRow(b, i, k, m, factor);
    }
  }
  return singular ? 0 : determinant;
}

function exchange(x: Float64Array, i: number, j: number, width: number): void {
  for (let c = 0; c < width; c++)
    [x[i * width + c], x[j * width + c]] = [x[j * width + c]!, x[i * width + c]!];
}

function scaleRow(x: Float64Array, i: number, width: number, by: number): void {
  for (let c = 0; c < width; c++) x[i * width + c]! /= by;
}

function subtractRow(x: Float64Array, i: number, from: number, width: number, factor: number): void {
  for (let c = 0; c < width; c++) x[i * width + c]! -= factor * x[from * width + c]!;
}
