import type { BatchContext } from "../op.js";
import { product, productDim, staticShape } from "../shape.js";
import type { Attributes, Tensor } from "../tensor.js";

/**
 * K tensors put back at the same places: as one of K times the rows, the places of row k moved by k times the size of one. Left
 * to be done one by one unless only the first input is batched and the sizes are known, rows and channels aside.
 */
export function batchUnpool(context: BatchContext<Attributes>): readonly Tensor[] | undefined {
  const { node, inputs, batched, size, emit, emitAll } = context;
  const [x, places, like] = [inputs[0]!, inputs[1]!, inputs[2]!];
  const symbolic = like.shape.flatMap((dim, axis) => (typeof dim === "string" ? [axis] : []));
  const declined =
    batched[1] || batched[2] || typeof size === "string" || symbolic.length > 1 || (symbolic[0] ?? 0) > 1;
  if (declined) return undefined;
  const known = product(like.shape.filter((dim) => typeof dim === "number"));
  const steps = {
    dtype: "int64",
    shape: [size, ...like.shape.map(() => 1)],
    data: BigInt64Array.from({ length: size }, (_, k) => BigInt(k * known)),
  } as const;
  const offsets = emitAll("constant", [], { value: steps })[0]!;
  const moved =
    symbolic.length === 0 ? offsets : emit("mul", [offsets, emit("axis-size", [places], { axes: symbolic })]);
  const merged = (t: Tensor): Tensor =>
    emit("reshape", [t], { shape: [productDim(t.shape.slice(0, 2)), ...t.shape.slice(2)] });
  const template = staticShape(like.shape)
    ? emit("expand", [context.scalar(0, like.dtype)], { shape: [size, ...like.shape] })
    : context.whole(2);
  const made = emit(node.op, [merged(x), merged(emit("add", [moved, places])), merged(template)]);
  return [emit("reshape", [made], { shape: [size, ...like.shape] })];
}
