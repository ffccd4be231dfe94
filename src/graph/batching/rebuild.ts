import { RuntimeFailure } from "../../base/errors.js";
import { withLayer } from "../layer.js";
import type { TensorType } from "../op.js";
import { definitionOf, emitAll } from "../registry.js";
import { type Shape, formatShape, sameShape } from "../shape.js";
import { SOURCES, formal } from "../sources.js";
import type { AttributeValue, Attributes, Dim, Node, Subgraph, Tensor } from "../tensor.js";
import { dependencies, order, subgraphs } from "../traversal.js";
import { batchContext } from "./context.js";
import type { Image, Lead } from "./image.js";
import { oneByOne } from "./one-by-one.js";

/** Images of all results of the nodes that have changed. */
type Images = ReadonlyMap<Node, readonly Image[]>;

/**
 * The same computation with other tensors in place of some sources: nodes that depend on one are made anew, by their batching
 * rule where something batched comes in; all others are shared.
 *
 * @param sources what is replaced: inputs or formals.
 * @param lead needed when an image is batched.
 */
export function rebuild(
  outputs: readonly Tensor[],
  sources: ReadonlyMap<Tensor, Image>,
  lead?: Lead,
): readonly Image[] {
  const images = new Map([...sources].map(([{ node }, image]) => [node, [image]] as const));
  return rebuildInto(outputs, images, lead);
}

/** The outputs with other tensors of the same types in place of some sources. */
export function substitute(
  outputs: readonly Tensor[],
  from: readonly Tensor[],
  to: readonly Tensor[],
): readonly Tensor[] {
  const sources = new Map(from.map((source, i) => [source, { tensor: to[i]!, batched: false }] as const));
  return rebuild(outputs, sources).map(({ tensor }) => tensor);
}

function rebuildInto(
  outputs: readonly Tensor[],
  images: Map<Node, readonly Image[]>,
  lead: Lead | undefined,
): readonly Image[] {
  for (const node of order(outputs)) {
    if (images.has(node) || SOURCES.has(node.op)) continue;
    if (!dependencies(node).some((used) => images.has(used.node))) continue;
    images.set(
      node,
      withLayer(node.layer, () => rebuilt(node, images, lead)),
    );
  }
  return outputs.map((output) => imageOf(output, images));
}

const imageOf = (tensor: Tensor, images: Images): Image =>
  images.get(tensor.node)?.[tensor.index] ?? { tensor, batched: false };

function rebuilt(node: Node, images: Images, lead: Lead | undefined): readonly Image[] {
  const inputs = node.inputs.map((input) => imageOf(input, images));
  const touched = lead && dependencies(node).some((used) => imageOf(used, images).batched);
  if (!touched) {
    const tensors = inputs.map(({ tensor }) => tensor);
    const bodies = new Map(
      subgraphs(node.attributes).map((body) => [body, unbatchedBody(body, images, lead)] as const),
    );
    const made = emitAll(node.op, tensors, withBodies(node.attributes, bodies));
    return made.map((tensor) => ({ tensor, batched: false }));
  }
  const context = batchContext(node, inputs, lead, (body, batched) => bodyFor(body, batched, images, lead));
  const made = definitionOf(node.op).batch?.(context) ?? oneByOne(context);
  return node.outputs.map((type, i) => checked(node, type, made[i]!, lead.size));
}

/** A body for formals of which some get the leading axis. */
function bodyFor(
  body: Subgraph,
  batched: readonly boolean[],
  images: Images,
  lead: Lead | undefined,
): { readonly subgraph: Subgraph; readonly batched: readonly boolean[] } {
  const inputs = body.inputs.map(({ dtype, shape }, i) =>
    formal(dtype, batched[i] ? [lead!.size, ...shape] : shape),
  );
  const inner = new Map(images);
  body.inputs.forEach(({ node }, i) => inner.set(node, [{ tensor: inputs[i]!, batched: batched[i]! }]));
  const outputs = rebuildInto(body.outputs, inner, lead);
  return {
    subgraph: { inputs, outputs: outputs.map(({ tensor }) => tensor) },
    batched: outputs.map((output) => output.batched),
  };
}

const unbatchedBody = (body: Subgraph, images: Images, lead: Lead | undefined): Subgraph =>
  bodyFor(
    body,
    body.inputs.map(() => false),
    images,
    lead,
  ).subgraph;

function withBodies(attributes: Attributes, bodies: ReadonlyMap<Subgraph, Subgraph>): Attributes {
  if (bodies.size === 0) return attributes;
  const replaced = (value: AttributeValue): AttributeValue => bodies.get(value as Subgraph) ?? value; // only bodies are keys
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, replaced(value)]));
}

/** A result of a batching rule; its rank says whether it has the leading axis. */
function checked(node: Node, { shape, dtype }: TensorType, tensor: Tensor, size: Dim): Image {
  const batched = tensor.shape.length > shape.length;
  const expected: Shape = batched ? [size, ...shape] : shape;
  if (tensor.dtype === dtype && sameShape(tensor.shape, expected)) return { tensor, batched };
  throw new RuntimeFailure({
    where: node.layer || "graph",
    subject: `the batched result of ${node.op}`,
    expected: `${dtype} ${formatShape(expected)}`,
    got: `${tensor.dtype} ${formatShape(tensor.shape)}`,
  });
}
