import { ShapeError } from "../../base/errors.js";
import type { BatchContext } from "../op.js";
import type { Attributes, Tensor } from "../tensor.js";

/**
 * A node without a batching rule for what comes in: applied to each of the K values in turn, the results stacked.
 *
 * @throws {ShapeError} if K is not known, or 0.
 */
export function oneByOne(context: BatchContext<Attributes>): readonly Tensor[] {
  const { node, attributes, inputs, batched, size, emit, emitAll, scalar } = context;
  if (typeof size === "string" || size < 1) {
    throw new ShapeError({
      where: node.layer || "graph",
      subject: node.op,
      problem: `has no batching rule, so that the number of cotangents must be known and at least 1, got ${size}`,
      fix: "Give the leading axis of the cotangents a number.",
    });
  }
  const runs = Array.from({ length: size }, (_, k) => {
    const own = inputs.map((x, i) => (batched[i] ? emit("gather", [x, scalar(k, "int64")], { axis: 0 }) : x));
    return emitAll(node.op, own, attributes);
  });
  return node.outputs.map(({ shape }, i) => {
    const rows = runs.map((results) => emit("reshape", [results[i]!], { shape: [1, ...shape] }));
    return emit("concat", rows, { axis: 0 });
  });
}
