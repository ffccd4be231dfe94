import { ShapeError } from "../base/errors.js";
import { emitSimple, full, reduceTo } from "./cotangents.js";
import { withLayer } from "./layer.js";
import { type VjpContext, results } from "./op.js";
import { definitionOf } from "./registry.js";
import { formatShape, isFloat } from "./shape.js";
import { SOURCES, scalar } from "./sources.js";
import type { Attributes, Node, Tensor } from "./tensor.js";
import { dependencies, order } from "./traversal.js";

/** Cotangents by node and output, while they are being summed. */
type Cotangents = Map<Node, (Tensor | undefined)[]>;

/**
 * Gradients of a scalar, as tensors of the same graph: reverse mode.
 *
 * Only nodes on a path from `wrt` to the loss are differentiated; broadcasting is undone, and a gradient that is the same
 * everywhere stays small until its whole shape is needed.
 *
 * @param loss a float scalar.
 * @param wrt tensors of the graph, leaves or not.
 * @returns one gradient for each, in its shape; zeros where the loss does not depend on it.
 * @throws {ShapeError} if the loss is no float scalar, or a path leads through an operation without gradient.
 * @see Griewank & Walther 2008, "Evaluating Derivatives", ch. 3 (the reverse mode).
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (!isFloat(loss.dtype) || loss.shape.length > 0) {
    const got = `${loss.dtype} ${formatShape(loss.shape)}`;
    const fix = "Reduce it with reduceSum or reduceMean first.";
    throw new ShapeError({
      where: loss.node.layer || "graph",
      subject: "loss",
      expected: "a float scalar",
      got,
      fix,
    });
  }
  const sorted = order([loss]);
  const depends = dependence(sorted, wrt);
  const cotangents: Cotangents = new Map();
  accumulate(cotangents, loss, scalar(1, loss.dtype));
  for (const node of sorted.reverse()) {
    const found = cotangents.get(node);
    if (!found || SOURCES.has(node.op) || !depends.nodes.has(node)) continue;
    withLayer(node.layer, () => propagate(node, found, cotangents, depends.tensor));
  }
  return wrt.map((tensor) =>
    withLayer(tensor.node.layer, () =>
      full(cotangents.get(tensor.node)?.[tensor.index] ?? scalar(0, tensor.dtype), tensor),
    ),
  );
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
    if (node.inputs.some(tensor) || capturesAsked(node, tensor)) nodes.add(node);
  }
  return { nodes, tensor };
}

/** Whether the body of a loop uses, from outside, something that depends on what is asked for. */
function capturesAsked(node: Node, tensor: (tensor: Tensor) => boolean): boolean {
  return definitionOf(node.op).differentiable === false && dependencies(node).some(tensor);
}

function propagate(
  node: Node,
  found: readonly (Tensor | undefined)[],
  cotangents: Cotangents,
  depends: (tensor: Tensor) => boolean,
): void {
  const definition = definitionOf(node.op);
  if (!definition.vjp) throw noGradient(node);
  const wanted = node.inputs.map(depends);
  const context = vjpContext(node, found, wanted);
  definition.vjp(context).forEach((cotangent, i) => {
    if (cotangent && wanted[i]) accumulate(cotangents, node.inputs[i]!, cotangent);
  });
}

function vjpContext(
  node: Node,
  cotangents: readonly (Tensor | undefined)[],
  wanted: readonly boolean[],
): VjpContext<Attributes> {
  return {
    node,
    attributes: node.attributes,
    inputs: node.inputs,
    outputs: results(node),
    cotangents,
    wanted,
    emit: (slug, inputs, attributes) => emitSimple(slug, inputs, attributes)[0]!,
    emitAll: emitSimple,
    scalar,
    g: cotangents[0] ?? scalar(0, node.outputs[0]!.dtype),
    full,
    reduceTo,
  };
}

function accumulate(cotangents: Cotangents, { node, index }: Tensor, cotangent: Tensor): void {
  const found = cotangents.get(node) ?? [];
  const before = found[index];
  found[index] = before ? emitSimple("add", [before, cotangent])[0]! : cotangent;
  cotangents.set(node, found);
}

function noGradient({ op, layer }: Node): ShapeError {
  const problem = "has no gradient";
  const fix = "Keep it off the path with stopGradient, or take gradients inside the loop's body.";
  return new ShapeError({ where: layer || "graph", subject: op, problem, fix });
}
