import { emitSimple } from "../cotangents.js";
import type { BatchContext } from "../op.js";
import { scalar } from "../sources.js";
import type { Attributes, Dim, Node, Tensor } from "../tensor.js";
import type { Image, Lead } from "./image.js";

/** What the batching rule of a node gets. */
export function batchContext(
  node: Node,
  images: readonly Image[],
  lead: Lead,
  body: BatchContext<Attributes>["body"],
): BatchContext<Attributes> {
  const inputs = images.map(({ tensor }) => tensor);
  const batched = images.map((image) => image.batched);
  const repeated = (tensor: Tensor): Tensor => repeatedAlong(tensor, lead);
  return {
    node,
    attributes: node.attributes,
    inputs,
    batched,
    size: lead.size,
    emit,
    emitAll: emitSimple,
    scalar,
    aligned: (i, rank) => (batched[i] ? alignedTo(inputs[i]!, rank) : inputs[i]!),
    repeated,
    whole: (i) => (batched[i] ? inputs[i]! : repeated(inputs[i]!)),
    body,
  };
}

const emit: BatchContext<Attributes>["emit"] = (slug, inputs, attributes) =>
  emitSimple(slug, inputs, attributes)[0]!;

/** Puts axes of size 1 after the leading one: `[K, …]` to `rank` axes and K. */
function alignedTo(x: Tensor, rank: number): Tensor {
  const [size, ...own] = x.shape as [Dim, ...Dim[]];
  const missing = Math.max(0, rank - own.length);
  return emit("reshape", [x], { shape: [size, ...Array.from<Dim>({ length: missing }).fill(1), ...own] });
}

/** A tensor repeated along a new leading axis. */
export function repeatedAlong(x: Tensor, { size, like }: Lead): Tensor {
  if (typeof size === "number") return emit("expand", [x], { shape: [size, ...x.shape] });
  const zeros = emit("expand-like", [scalar(0, like.dtype), like]);
  const others = like.shape.map((_, axis) => axis).slice(1);
  const line = others.length === 0 ? zeros : emit("reduce-sum", [zeros], { axes: others, keepDims: false });
  const always = emit("equal", [line, scalar(0, like.dtype)]); // [K], true
  const column = emit("reshape", [always], { shape: [size, ...x.shape.map(() => 1)] });
  return emit("where", [column, x, x]); // whatever x's type is
}
