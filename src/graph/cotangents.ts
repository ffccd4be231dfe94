import { fromTensorValue, toTensorValue } from "./value.js";
import { referenceOf } from "./evaluate.js";
import { emitAll } from "./registry.js";
import { type Shape, sameShape } from "./shape.js";
import { constant } from "./sources.js";
import type { Attributes, Dim, Node, Tensor, TensorValue } from "./tensor.js";
import { subgraphs } from "./traversal.js";

/** Applies an operation, computing at once what is known: scalars of constants, factors of 1, shapes that do not change. */
export function emitSimple(
  slug: string,
  inputs: readonly Tensor[],
  attributes: Attributes = {},
): readonly Tensor[] {
  const known = inputs.map(knownScalar);
  if (slug === "mul" && known[0] === 1) return [inputs[1]!];
  if ((slug === "mul" || slug === "div") && known[1] === 1) return [inputs[0]!];
  const made = emitAll(slug, inputs, attributes);
  const [first] = made;
  if (MOVES.has(slug) && first && sameShape(first.shape, inputs[0]!.shape)) return [inputs[0]!];
  if (
    slug === "constant" ||
    subgraphs(attributes).length > 0 ||
    made.length !== 1 ||
    first!.shape.length > 0 ||
    known.includes(undefined)
  )
    return made;
  return [folded(first!.node, first!)];
}

const MOVES: ReadonlySet<string> = new Set(["reshape", "expand", "expand-like"]);

function knownScalar({ node, shape }: Tensor): number | undefined {
  if (node.op !== "constant" || shape.length > 0) return undefined;
  return Number((node.attributes["value"] as TensorValue).data[0]); // a constant has its value
}

function folded(node: Node, result: Tensor): Tensor {
  const values = node.inputs.map((input) => fromTensorValue(input.node.attributes["value"] as TensorValue));
  return constant(toTensorValue(referenceOf(node, values)[0]!, result.dtype));
}

/** Expands a cotangent of `of` to its whole shape. */
export function full(g: Tensor, of: Tensor): Tensor {
  if (sameShape(g.shape, of.shape)) return g;
  const lead = of.shape.length - g.shape.length;
  const known = of.shape.every((dim, i) => typeof dim === "number" || g.shape[i - lead] === dim);
  return known ? emitSimple("expand", [g], { shape: of.shape })[0]! : emitSimple("expand-like", [g, of])[0]!;
}

/**
 * Undoes broadcasting: from a cotangent of `from`, perhaps smaller than it, to one that broadcasts to `to`.
 *
 * Axes along which the cotangent itself was never expanded are counted instead of summed.
 */
export function reduceTo(g: Tensor, from: Tensor, to: Tensor): Tensor {
  const rank = from.shape.length;
  const at = (shape: Shape, axis: number): Dim => shape[shape.length - rank + axis] ?? 1;
  const summed: number[] = [];
  const counted: number[] = [];
  from.shape.forEach((size, axis) => {
    if (size === 1 || at(to.shape, axis) === size) return;
    (at(g.shape, axis) === size ? summed : counted).push(axis);
  });
  return dropLead(times(sum(g, rank, to, summed), from, counted), to);
}

function sum(g: Tensor, rank: number, to: Tensor, axes: readonly number[]): Tensor {
  if (axes.length === 0) return g;
  const own = axes.map((axis) => axis - rank + g.shape.length);
  const extra = g.shape.length - to.shape.length;
  const keepDims = !(own.length === extra && own.every((axis) => axis < extra));
  return emitSimple("reduce-sum", [g], { axes: own, keepDims })[0]!;
}

function times(g: Tensor, from: Tensor, axes: readonly number[]): Tensor {
  const symbolic = axes.filter((axis) => typeof from.shape[axis] === "string");
  const count = axes.reduce(
    (total, axis) => total * (typeof from.shape[axis] === "number" ? from.shape[axis] : 1),
    1,
  );
  const { dtype } = g;
  const one: TensorValue = {
    dtype,
    shape: [],
    data: dtype === "float64" ? Float64Array.of(count) : Float32Array.of(count),
  };
  const scaled = count === 1 ? g : emitSimple("mul", [g, constant(one)])[0]!;
  if (symbolic.length === 0) return scaled;
  return emitSimple("mul", [scaled, emitSimple("axis-size", [from], { axes: symbolic })[0]!])[0]!;
}

function dropLead(g: Tensor, to: Tensor): Tensor {
  const extra = g.shape.length - to.shape.length;
  return extra <= 0 ? g : emitSimple("reshape", [g], { shape: g.shape.slice(extra) })[0]!;
}
