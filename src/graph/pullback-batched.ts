import { ShapeError } from "../base/errors.js";
import { repeatedAlong } from "./batching/context.js";
import type { Image } from "./batching/image.js";
import { rebuild } from "./batching/rebuild.js";
import { withLayer } from "./layer.js";
import { checkCotangents, pullback } from "./pullback.js";
import { formal } from "./sources.js";
import type { Tensor } from "./tensor.js";

/**
 * Several cotangents of the same outputs pulled back in one backward pass with a leading axis K.
 *
 * The backward pass is traced once and made anew with the leading axis; the forward pass and what the backward pass keeps of
 * it are shared by all K. Where the plain pass multiplies by a weight matrix, this one has one product of K times the rows.
 *
 * @param outputs float tensors of any shape.
 * @param cotangents `[K, …]` for each output, what follows K being of its shape or one that broadcasts to it; undefined for
 * none, but not for all.
 * @param wrt tensors of the graph, leaves or not.
 * @returns `[K, …wrt.shape]` for each, row k what `pullback` gives for the k-th cotangents; zeros where no output depends on it.
 * @throws {ShapeError} if a cotangent does not fit its output, K differs or is missing, an operation without a batching rule
 * meets a K that is a name, or a rule needs a size that is not known.
 */
export function batchedPullback(
  outputs: readonly Tensor[],
  cotangents: readonly (Tensor | undefined)[],
  wrt: readonly Tensor[],
): Tensor[] {
  checkCotangents(outputs, cotangents, 1);
  const like = cotangents.find((cotangent) => cotangent !== undefined);
  const size = like?.shape[0];
  const other = cotangents.find((cotangent) => cotangent && cotangent.shape[0] !== size);
  if (like === undefined || size === undefined || other) {
    const got = other ? `${size} and ${other.shape[0]}` : "none";
    const expected = "of one leading size K, at least one of them given";
    throw new ShapeError({ where: "graph", subject: "cotangents", expected, got });
  }
  const sources = new Map<Tensor, Image>();
  const single = cotangents.map((cotangent) => {
    if (!cotangent) return undefined;
    const stand = formal(cotangent.dtype, cotangent.shape.slice(1));
    sources.set(stand, { tensor: cotangent, batched: true });
    return stand;
  });
  const lead = { size, like };
  return rebuild(pullback(outputs, single, wrt), sources, lead).map(({ tensor, batched }) =>
    batched ? tensor : withLayer(tensor.node.layer, () => repeatedAlong(tensor, lead)),
  );
}
