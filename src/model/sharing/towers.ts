import { type Dim, type Tensor, add, expand, layer, matmul, mul, relu, reshape } from "../../graph/index.js";
import { type Parameter, undecayed, weights } from "../parameter.js";
import type { Dropout, TrunkShape } from "./architecture.js";
import { blockOutput } from "./residual.js";

/** Several copies of one layer of the trunk side by side: towers, experts. */
export interface Copies {
  /** Names of its parameters begin with this. */
  readonly name: string;
  /** Number C of copies. */
  readonly count: number;
  /** Which layer of the trunk: 0 reads the encoded inputs. */
  readonly index: number;
  /** Each copy belongs to one task, in their order. */
  readonly perTask?: true;
}

/**
 * The parameters of C copies of a layer of the trunk: weights `[C, in, out]`, biases and, with members, their scales, as hard
 * sharing has them.
 */
export function copiesLayout(shape: TrunkShape, copies: Copies): Parameter[] {
  const { name, count: C, index, perTask } = copies;
  const [M, H] = [shape.members, shape.trunk[index]!];
  const incoming = widthBefore(shape, index);
  const owned = (parameter: Parameter): Parameter => (perTask ? { ...parameter, perTask } : parameter);
  const weight = weights(`${name}.weight`, [C, incoming, H], shape.initializer);
  const bias = undecayed(`${name}.bias`, [C, M, 1, H], "zeros");
  if (M === 1) return [weight, bias].map(owned);
  const first = index === 0;
  const scaleInput = !first || shape.adapter === "input";
  const inputScale = undecayed(`${name}.input-scale`, [C, M, 1, incoming], first ? "signs" : "ones");
  const outputScale = undecayed(
    `${name}.output-scale`,
    [C, M, 1, H],
    first && !scaleInput ? "signs" : "ones",
  );
  return [weight, ...(scaleInput ? [inputScale] : []), outputScale, bias].map(owned);
}

/** Width of what a layer of the trunk reads. */
export const widthBefore = (shape: TrunkShape, index: number): number =>
  index === 0 ? shape.inputs : shape.trunk[index - 1]!;

/** What members and copies read at first: `[R, D]` as `[1, 1, R, D]`. */
export const asInput = (encoded: Tensor): Tensor => reshape(encoded, [1, 1, ...encoded.shape]);

/**
 * Traces C copies of a layer: ReLU(((x ∘ r) W) ∘ s + b), then dropout; in a trunk of residual blocks x is added (`blockOutput`).
 *
 * @param x `[C, M, R, in]`; an axis C or M of size 1 is read by all copies or members.
 * @returns `[C, M, R, out]`.
 */
export function copiedLayer(
  shape: TrunkShape,
  copies: Copies,
  x: Tensor,
  parameters: Readonly<Record<string, Tensor>>,
  dropout: Dropout,
): Tensor {
  return layer(copies.name, () => {
    const made = dropout(relu(copiedProduct(shape, copies, x, parameters)), copies.index);
    return blockOutput(shape, x, made);
  });
}

/** As `copiedLayer`, before the activation. */
export function copiedProduct(
  { members: M }: TrunkShape,
  { name, count: C }: Copies,
  x: Tensor,
  parameters: Readonly<Record<string, Tensor>>,
): Tensor {
  const of = (key: string): Tensor | undefined => parameters[`${name}.${key}`];
  const [inputScale, outputScale] = [of("input-scale"), of("output-scale")];
  const read = inputScale ? mul(x, inputScale) : x;
  const product = batchedProduct(read, of("weight")!);
  const scaled = outputScale ? mul(product, outputScale) : product;
  const sum = add(scaled, of("bias")!);
  const [, , R, H] = sum.shape as readonly [Dim, Dim, Dim, Dim];
  return sum.shape[0] === C && sum.shape[1] === M ? sum : expand(sum, [C, M, R, H]);
}

/**
 * `[C|1, M|1, R, in] · [C, in, out]` → `[C, M|1, R, out]`. Where R is known, members and rows are one axis, so that a copy is one
 * product and the gradient of its weights too.
 */
export function batchedProduct(x: Tensor, weight: Tensor): Tensor {
  const [C, M, R, D] = x.shape as readonly [number, number, Dim, number]; // all but rows are known
  const [copies, , out] = weight.shape as readonly [number, number, number]; // parameters have sizes
  if (typeof R === "number" || M === 1) {
    const rows: Dim = typeof R === "number" ? M * R : R;
    const product = matmul(reshape(x, [C, rows, D]), weight);
    return reshape(product, [copies, M, R, out]);
  }
  return matmul(x, reshape(weight, [copies, 1, D, out]));
}
