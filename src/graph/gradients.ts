import { ShapeError } from "../base/errors.js";
import { pullback } from "./pullback.js";
import { formatShape, isFloat } from "./shape.js";
import { scalar } from "./sources.js";
import type { Tensor } from "./tensor.js";

/**
 * Gradients of a scalar, as tensors of the same graph: reverse mode.
 *
 * Only nodes on a path from `wrt` to the loss are differentiated; broadcasting is undone, and a gradient that is the same
 * everywhere stays small until its whole shape is needed.
 *
 * @param loss a float scalar.
 * @param wrt tensors of the graph, leaves or not.
 * @returns one gradient for each, in its shape; zeros where the loss does not depend on it.
 * @throws {ShapeError} if the loss is no float scalar, or a rule needs a size that is not known.
 * @see Griewank & Walther 2008, "Evaluating Derivatives", ch. 3 (the reverse mode).
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (!isFloat(loss.dtype) || loss.shape.length > 0) {
    const got = `${loss.dtype} ${formatShape(loss.shape)}`;
    const fix = "Reduce it with reduceSum or reduceMean first.";
    throw new ShapeError({
      where: loss.node.layer || "graph",
      subject: "loss",
      expected: "a float scalar",
      got,
      fix,
    });
  }
  return pullback([loss], [scalar(1, loss.dtype)], wrt);
}
