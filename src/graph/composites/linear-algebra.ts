import { ShapeError } from "../../base/errors.js";
import { currentLayer } from "../layer.js";
import { expandLike, gather, mul, reduceSum, reshape, solve } from "../ops/index.js";
import { type Shape, formatShape, sameShape } from "../shape.js";
import { constant } from "../sources.js";
import { identityOf } from "../square-matrices.js";
import type { Tensor } from "../tensor.js";

/**
 * Inverses of small square matrices; not finite where a matrix is singular.
 *
 * To solve A·X = B, `solve` is faster and more exact than a product with the inverse.
 *
 * @param a `[…, n, n]`, n known and at most 32.
 */
export function inverse(a: Tensor): Tensor {
  return solve(a, sameShape(a.shape, a.shape.slice(-2)) ? identity(a) : expandLike(identity(a), a));
}

const identity = (a: Tensor): Tensor => constant(identityOf(square("inverse", a)));

/**
 * The elements on the diagonal of matrices.
 *
 * @param x `[…, n, m]` of known n and m.
 * @returns `[…, min(n, m)]`.
 */
export function diagonal(x: Tensor): Tensor {
  const [n, m] = matrix("diagonal", x.shape);
  const places = BigInt64Array.from({ length: Math.min(n, m) }, (_, i) => BigInt(i * (m + 1)));
  const flat = reshape(x, [...x.shape.slice(0, -2), n * m]);
  return gather(flat, constant({ dtype: "int64", shape: [places.length], data: places }), -1);
}

/** The sum of the diagonal of matrices `[…, n, m]` of known n and m, as `[…]`. */
export const trace = (x: Tensor): Tensor => reduceSum(diagonal(x), [-1]);

/**
 * The products of each element of one vector with each of another.
 *
 * @param a `[…, n]`.
 * @param b `[…, m]`; leading axes broadcast.
 * @returns `[…, n, m]`.
 */
export function outer(a: Tensor, b: Tensor): Tensor {
  const short = [a, b].find(({ shape }) => shape.length === 0);
  if (short) throw wrong("outer inputs", "[.., n] and [.., m]", short.shape);
  const column = reshape(a, [...a.shape, 1]);
  return mul(column, reshape(b, [...b.shape.slice(0, -1), 1, b.shape.at(-1)!]));
}

function square(name: string, x: Tensor): Tensor {
  const [n, m] = matrix(name, x.shape);
  if (n !== m) throw wrong(`${name} input`, "[.., n, n]", x.shape);
  return x;
}

function matrix(name: string, shape: Shape): [number, number] {
  const [n, m] = shape.slice(-2);
  if (typeof n !== "number" || typeof m !== "number")
    throw wrong(`${name} input`, "[.., n, m] of known n and m", shape);
  return [n, m];
}

function wrong(subject: string, expected: string, shape: Shape): ShapeError {
  return new ShapeError({ where: currentLayer() || "graph", subject, expected, got: formatShape(shape) });
}
