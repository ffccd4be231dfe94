import { type Dim, type Tensor, add, expand, layer, matmul, mul, relu, reshape } from "../../graph/index.js";
import type { SharingInputs } from "./architecture.js";
import { blockOutput } from "./residual.js";
import { asInput } from "./towers.js";

/** What tasks change of the layers of a shared trunk; layers are counted from 0. T tasks, M members, R rows. */
export interface TaskChanges {
  /** Of what a layer reads: `[T|1, M|1, R, in]`. */
  read?(x: Tensor, index: number): Tensor;
  /** Of its product with the shared weights: `read` and `[T|1, M|1, R, out]`. */
  product?(read: Tensor, product: Tensor, index: number): Tensor;
  /** Of what is then activated, bias included. */
  sum?(z: Tensor, index: number): Tensor;
  /** Of what came out of the activation. */
  output?(h: Tensor, index: number): Tensor;
}

/**
 * Traces the trunk of hard sharing (`hard.ts`) with what tasks change of it. Layers are computed once for all tasks until the
 * first change.
 *
 * @returns `[T, M, R, H]`.
 */
export function adaptedTrunk(
  { shape, encoded, parameters, dropout }: SharingInputs,
  changes: TaskChanges,
): Tensor {
  const { members: M } = shape;
  const last = shape.trunk.reduce((x, width, i) => {
    return layer(`trunk.${i}`, () => {
      const of = (key: string): Tensor | undefined => {
        const own = parameters[`trunk.${i}.${key}`];
        return own && reshape(own, [1, M, 1, own.shape.at(-1)!]);
      };
      const [inputScale, outputScale, bias] = [of("input-scale"), of("output-scale"), of("bias")];
      const scaled = inputScale ? mul(x, inputScale) : x;
      const read = changes.read?.(scaled, i) ?? scaled;
      const plain = sharedProduct(read, parameters[`trunk.${i}.weight`]!, width);
      const changed = changes.product?.(read, plain, i) ?? plain;
      const spread = outputScale ? mul(changed, outputScale) : changed;
      const biased = bias ? add(spread, bias) : spread;
      const h = relu(changes.sum?.(biased, i) ?? biased);
      return blockOutput(shape, x, dropout(changes.output?.(h, i) ?? h, i));
    });
  }, asInput(encoded));
  return forAllTasks(last, shape.tasks.length, M);
}

/** `[T|1, M|1, R, in] · [in, out]`, one product where rows are counted. */
export function sharedProduct(x: Tensor, weight: Tensor, out: number): Tensor {
  const [T, M, R, D] = x.shape as readonly [number, number, Dim, number]; // all but rows are known
  if (typeof R !== "number") return matmul(x, weight);
  return reshape(matmul(reshape(x, [T * M * R, D]), weight), [T, M, R, out]);
}

/** `[T|1, M|1, R, H]` as `[T, M, R, H]`. */
export function forAllTasks(x: Tensor, tasks: number, members: number): Tensor {
  const [T, M, R, H] = x.shape as readonly [Dim, Dim, Dim, Dim];
  return T === tasks && M === members ? x : expand(x, [tasks, members, R, H]);
}
