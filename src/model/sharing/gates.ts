import {
  type Dim,
  type Tensor,
  add,
  matmul,
  mul,
  reduceSum,
  reshape,
  softmax,
  transpose,
} from "../../graph/index.js";
import { type Parameter, undecayed, weights } from "../parameter.js";
import { batchedProduct } from "./towers.js";

/** Gates of G selectors over E experts that read an input of a width. */
export interface Gates {
  readonly name: string;
  /** Number G of gates. */
  readonly count: number;
  /** Number E of experts. */
  readonly experts: number;
  readonly inputs: number;
  /** Each gate belongs to one task, in their order. */
  readonly perTask?: true;
}

/** Weights `[G, in, E]` and biases `[G, E]` of gates: they start near equal. */
export function gatesLayout({ name, count, experts, inputs, perTask }: Gates): Parameter[] {
  return [
    weights(`${name}.weight`, [count, inputs, experts], "fan-in-uniform"),
    undecayed(`${name}.bias`, [count, experts], "zeros"),
  ].map((parameter) => (perTask ? { ...parameter, perTask } : parameter));
}

/** Softmax gates: `x [G|1, M|1, R, in]` → `[G, M|1, R, E]`, which sum to 1 over experts. */
export function gateWeights(
  { name, count, experts }: Gates,
  x: Tensor,
  parameters: Readonly<Record<string, Tensor>>,
): Tensor {
  const bias = reshape(parameters[`${name}.bias`]!, [count, 1, 1, experts]);
  return softmax(add(batchedProduct(x, parameters[`${name}.weight`]!), bias), -1);
}

/**
 * Mixtures of experts: Σₑ g[…, e]·expert e.
 *
 * @param gates `[G, M|1, R, E]` by row, or `[G, E]` alike for all rows.
 * @param experts `[E, M, R, H]`.
 * @returns `[G, M, R, H]`.
 */
export function mixture(gates: Tensor, experts: Tensor): Tensor {
  const [E, M, R, H] = experts.shape as readonly [number, number, Dim, number]; // all but rows are known
  const G = gates.shape[0] as number; // gates are counted
  if (gates.shape.length === 2) {
    if (typeof R === "number") {
      const product = matmul(gates, reshape(experts, [E, M * R * H]));
      return reshape(product, [G, M, R, H]);
    }
    const rows = reshape(transpose(experts, [1, 3, 0, 2]), [M * H, E, R]); // symbolic rows stay last
    return transpose(reshape(matmul(gates, rows), [M, H, G, R]), [2, 0, 3, 1]);
  }
  const turned = transpose(gates, [0, 3, 1, 2]); // [G, E, M|1, R]
  const weighed = mul(reshape(turned, [...turned.shape, 1]), reshape(experts, [1, E, M, R, H]));
  return reduceSum(weighed, [1]);
}
