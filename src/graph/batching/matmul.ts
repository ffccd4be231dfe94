import type { BatchContext } from "../op.js";
import { type Shape, productDim } from "../shape.js";
import type { Attributes, Tensor } from "../tensor.js";

/**
 * K products at once. One big product of K times the rows where the right side is one matrix shared by all; else leading axes
 * broadcast.
 */
export function batchMatmul(context: BatchContext<Attributes>): readonly Tensor[] {
  const { node, inputs, batched, attributes, emit, aligned } = context;
  const [a, b] = [inputs[0]!, inputs[1]!];
  const rank = Math.max(...node.inputs.map(({ shape }) => shape.length));
  const rows = a.shape.slice(0, -1);
  const one = b.shape.length < a.shape.length && b.shape.slice(0, -2).every((dim) => dim === 1);
  const shared = batched[0] === true && !batched[1] && one && !attributes["transposeA"];
  const [k, m] = [a.shape.at(-1)!, node.outputs[0]!.shape.at(-1)!];
  if (!shared || !separable(rows, [k, m]))
    return [emit("matmul", [aligned(0, rank), aligned(1, rank)], attributes)];
  const flat = emit("reshape", [a], { shape: [productDim(rows), k] }); // [K·…·n, k]
  const matrix = emit("reshape", [b], { shape: b.shape.slice(-2) });
  const made = emit("matmul", [flat, matrix], attributes);
  return [emit("reshape", [made], { shape: [...rows, m] })]; // [K, …, n, m]
}

/** Whether axes that are merged into one, beside others, can be told apart again at run time. */
export function separable(merged: Shape, others: Shape): boolean {
  const symbolic = merged.filter((dim) => typeof dim === "string").length;
  return symbolic === 0 || (symbolic === 1 && ![...merged, ...others].includes(0));
}
