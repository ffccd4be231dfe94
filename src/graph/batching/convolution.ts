import type { BatchContext } from "../op.js";
import { productDim } from "../shape.js";
import type { Attributes, Dim, Tensor } from "../tensor.js";
import { separable } from "./matmul.js";

/**
 * K convolutions, or transposed ones, at once: K is merged into the batch axis where the kernel is shared by all, and into the
 * kernels where the images are shared. Other cases are left to be done one by one.
 */
export function batchConvolution(context: BatchContext<Attributes>): readonly Tensor[] | undefined {
  const { node, inputs, batched, attributes, size, emit } = context;
  const [x, kernel] = [inputs[0]!, inputs[1]!];
  if (!batched[1]) {
    const rows = x.shape.slice(0, 2); // K and B
    if (!separable(rows, [...x.shape.slice(2), ...node.outputs[0]!.shape.slice(1)])) return undefined;
    const merged = emit("reshape", [x], { shape: [productDim(rows), ...x.shape.slice(2)] });
    const made = emit(node.op, [merged, kernel], attributes);
    return [emit("reshape", [made], { shape: [...rows, ...made.shape.slice(1)] })];
  }
  if (batched[0] || node.op !== "conv" || attributes["groups"] !== 1 || typeof size === "string")
    return undefined;
  const filters = emit("reshape", [kernel], {
    shape: [productDim(kernel.shape.slice(0, 2)), ...kernel.shape.slice(2)],
  });
  const made = emit("conv", [x, filters], attributes); // [B, K·M, …]
  const [batch, , ...sizes] = made.shape as [Dim, Dim, ...Dim[]];
  const apart = emit("reshape", [made], { shape: [batch, size, kernel.shape[1]!, ...sizes] });
  return [emit("transpose", [apart], { perm: [1, 0, ...apart.shape.map((_, i) => i).slice(2)] })];
}
