import { ShapeError } from "../base/errors.js";
import { substitute } from "./batching/rebuild.js";
import { emitSimple, full, reduceTo } from "./cotangents.js";
import { withLayer } from "./layer.js";
import { type VjpContext, results } from "./op.js";
import { definitionOf } from "./registry.js";
import { broadcastShapes, formatShape, isFloat, sameShape } from "./shape.js";
import { SOURCES, scalar } from "./sources.js";
import type { Attributes, Node, Tensor } from "./tensor.js";
import { bodyPlan, dependencies, order } from "./traversal.js";

/**
 * The vector-Jacobian product: cotangents of outputs pulled back to tensors they depend on, in reverse mode.
 *
 * For each w of `wrt`: Σ over outputs y and their elements i of ȳᵢ · ∂yᵢ/∂w. Only nodes on a path from `wrt` to the outputs
 * are differentiated; broadcasting is undone, and a cotangent that is the same everywhere stays small until its whole shape
 * is needed.
 *
 * @param outputs float tensors of any shape.
 * @param cotangents one for each output, of its type and of its shape or one that broadcasts to it; undefined for none.
 * @param wrt tensors of the graph, leaves or not.
 * @returns one cotangent for each, in its shape; zeros where no output depends on it.
 * @throws {ShapeError} if a cotangent does not fit its output, or a rule needs a size that is not known.
 * @see Griewank & Walther 2008, "Evaluating Derivatives", ch. 3 (the reverse mode).
 */
export function pullback(
  outputs: readonly Tensor[],
  cotangents: readonly (Tensor | undefined)[],
  wrt: readonly Tensor[],
): Tensor[] {
  checkCotangents(outputs, cotangents, 0);
  const given = outputs.filter((_, i) => cotangents[i]);
  const found = cotangentsOf(order(given), outputs, cotangents, wrt);
  return wrt.map((tensor, i) =>
    withLayer(tensor.node.layer, () => full(found[i] ?? scalar(0, tensor.dtype), tensor)),
  );
}

/** Checks cotangents against their outputs, `lead` leading axes of the cotangents aside. */
export function checkCotangents(
  outputs: readonly Tensor[],
  cotangents: readonly (Tensor | undefined)[],
  lead: 0 | 1,
): void {
  const wrong = (subject: string, expected: string, got: string, where = ""): ShapeError =>
    new ShapeError({ where: where || "graph", subject, expected, got });
  if (outputs.length !== cotangents.length)
    throw wrong("cotangents", `one for each of ${outputs.length} outputs`, String(cotangents.length));
  outputs.forEach(({ shape, dtype, node }, i) => {
    const cotangent = cotangents[i];
    if (!cotangent) return;
    const said = `${cotangent.dtype} ${formatShape(cotangent.shape)}`;
    const own = cotangent.shape.slice(lead);
    const fits = sameShape(broadcastShapes(own, shape) ?? ["?"], shape) && cotangent.shape.length >= lead;
    if (isFloat(dtype) && cotangent.dtype === dtype && fits) return;
    const whole = formatShape(lead === 1 ? ["K", ...shape] : shape);
    const expected = isFloat(dtype)
      ? `${dtype} and broadcast to ${whole}`
      : `absent for an output of ${dtype}`;
    throw wrong(`cotangent ${i}`, expected, said, node.layer);
  });
}

/** Cotangents by node and output, while they are being summed. */
type Cotangents = Map<Node, (Tensor | undefined)[]>;

/**
 * What `pullback` gives, each perhaps smaller than its tensor and undefined where no path leads.
 *
 * @param sorted the nodes that may be differentiated, each after what it uses.
 */
function cotangentsOf(
  sorted: readonly Node[],
  outputs: readonly Tensor[],
  given: readonly (Tensor | undefined)[],
  wrt: readonly Tensor[],
): (Tensor | undefined)[] {
  const depends = dependence(sorted, wrt);
  const cotangents: Cotangents = new Map();
  outputs.forEach((output, i) => {
    if (given[i]) accumulate(cotangents, output, given[i]);
  });
  for (const node of sorted.toReversed()) {
    const found = cotangents.get(node);
    if (!found || !depends.nodes.has(node)) continue;
    withLayer(node.layer, () => propagate(node, found, cotangents, depends.tensor));
  }
  return wrt.map(({ node, index }) => cotangents.get(node)?.[index]);
}

interface Dependence {
  readonly nodes: ReadonlySet<Node>;
  readonly tensor: (tensor: Tensor) => boolean;
}

function dependence(sorted: readonly Node[], wrt: readonly Tensor[]): Dependence {
  const asked = new Map<Node, Set<number>>();
  for (const { node, index } of wrt) asked.set(node, (asked.get(node) ?? new Set()).add(index));
  const nodes = new Set<Node>();
  const tensor = ({ node, index, dtype }: Tensor): boolean =>
    isFloat(dtype) && (nodes.has(node) || (asked.get(node)?.has(index) ?? false));
  for (const node of sorted) {
    if (SOURCES.has(node.op) || definitionOf(node.op).differentiable === "zero") continue;
    if (dependencies(node).some(tensor)) nodes.add(node);
  }
  return { nodes, tensor };
}

function propagate(
  node: Node,
  found: readonly (Tensor | undefined)[],
  cotangents: Cotangents,
  depends: (tensor: Tensor) => boolean,
): void {
  const used = dependencies(node);
  const wanted = used.map(depends);
  const context = vjpContext(node, found, used.slice(node.inputs.length), wanted);
  definitionOf(node.op)
    .vjp?.(context)
    .forEach((cotangent, i) => {
      if (cotangent && wanted[i]) accumulate(cotangents, used[i]!, cotangent);
    });
}

function vjpContext(
  node: Node,
  cotangents: readonly (Tensor | undefined)[],
  captures: readonly Tensor[],
  wanted: readonly boolean[],
): VjpContext<Attributes> {
  return {
    node,
    attributes: node.attributes,
    inputs: node.inputs,
    outputs: results(node),
    cotangents,
    captures,
    wanted,
    emit: (slug, inputs, attributes) => emitSimple(slug, inputs, attributes)[0]!,
    emitAll: emitSimple,
    scalar,
    g: cotangents[0] ?? scalar(0, node.outputs[0]!.dtype),
    full,
    reduceTo,
    pullback: (body, given, wrt) => cotangentsOf(bodyPlan(body).nodes, body.outputs, given, wrt),
    dependent: (body, wrt) => body.outputs.map(dependence(bodyPlan(body).nodes, wrt).tensor),
    substitute,
  };
}

function accumulate(cotangents: Cotangents, { node, index }: Tensor, cotangent: Tensor): void {
  const found = cotangents.get(node) ?? [];
  const before = found[index];
  found[index] = before ? emitSimple("add", [before, cotangent])[0]! : cotangent;
  cotangents.set(node, found);
}
