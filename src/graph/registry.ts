import { applyOp, type OpDefinition } from "./op.js";
import * as ops from "./ops/index.js";
import { constant } from "./sources.js";
import type { Attributes, Tensor, TensorValue } from "./tensor.js";

/** Every operation by slug. */
export const OPS: ReadonlyMap<string, OpDefinition> = new Map(
  Object.values(ops).map(({ definition }) => [definition.slug, definition]),
);

/** The definition of an operation that a graph holds. */
export function definitionOf(slug: string): OpDefinition {
  const found = OPS.get(slug);
  if (!found) throw new TypeError(`no operation is named ${slug}`);
  return found;
}

/** Applies an operation by its slug. */
export function emitAll(
  slug: string,
  inputs: readonly Tensor[],
  attributes: Attributes = {},
): readonly Tensor[] {
  if (slug === "constant") return [constant(attributes["value"] as TensorValue)]; // the attribute of that name is one
  return applyOp(definitionOf(slug), inputs, attributes);
}
