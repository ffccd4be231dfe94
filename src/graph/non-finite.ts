import { withLayer } from "./layer.js";
import { cast, isNaN, reduceSum, sub } from "./ops/index.js";
import { results } from "./op.js";
import { type Shape, formatShape, isFloat } from "./shape.js";
import type { Node, Subgraph, Tensor, TensorValue } from "./tensor.js";
import { bodyPlan, order, subgraphs } from "./traversal.js";

/** One place where numbers are watched: an input, or a tensor that leaves its layer. */
export interface Probe {
  /** Name of the output that counts the elements which are not finite: a scalar, or `[trips]` inside a loop. */
  readonly name: string;
  /** The layer, or the empty string outside any. */
  readonly layer: string;
  /** The operation; of an input its name in quotes after the word. */
  readonly op: string;
  readonly shape: Shape;
  /** Which loop it stands in, counted from 0; absent outside loops. */
  readonly loop?: number;
}

/** What `layerProbes` adds to a graph. */
export interface LayerProbes {
  /** In topological order. */
  readonly probes: readonly Probe[];
  /** One output for each probe, by name. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Where numbers first stopped being finite. */
export interface NonFinite extends Probe {
  /** Trip of the loop, from 0; absent outside loops. */
  readonly step?: number;
  /** How many elements are infinite or not a number. */
  readonly count: number;
}

/**
 * Counts of elements that are not finite, for each float tensor that leaves its layer, for the graph's float inputs, and for
 * each trip of its loops: what to compute again when a result is not finite.
 *
 * Inside a loop in a loop nothing is watched but what the inner loop gives. A gradient belongs to the layer it is the gradient
 * of.
 *
 * @param outputs the graph to watch; they are not among the outputs that come back.
 * @param prefix of the names of the outputs; default `probe.`.
 */
export function layerProbes(outputs: Readonly<Record<string, Tensor>>, prefix = "probe."): LayerProbes {
  const probes: Probe[] = [];
  const counts: Record<string, Tensor> = {};
  const images = new Map<Node, readonly Tensor[]>();
  const imageOf = (tensor: Tensor): Tensor => images.get(tensor.node)?.[tensor.index] ?? tensor;
  const add = (watched: Tensor, count: Tensor, loop?: number): void => {
    const { node, shape } = watched;
    const op = node.op === "input" ? `input ${JSON.stringify(node.attributes["name"])}` : node.op;
    const name = `${prefix}${probes.length}`;
    probes.push({ name, layer: node.layer, op, shape, ...(loop !== undefined && { loop }) });
    counts[name] = count;
  };

  let loops = 0;
  const nodes = order(Object.values(outputs));
  const leaving = leavers(nodes, Object.values(outputs));
  for (const node of nodes) {
    const [body] = subgraphs(node.attributes);
    const renewed = results({ ...node, inputs: node.inputs.map(imageOf) });
    if (body) {
      const { loop, watched } = watchedLoop(node, body, imageOf);
      images.set(node, loop);
      watched.forEach((tensor, i) => add(tensor, loop[node.outputs.length + i]!, loops));
      loops += 1;
    } else if (node.inputs.length > 0) images.set(node, renewed);
    for (const tensor of leaving.get(node) ?? []) add(tensor, countOf(imageOf(tensor)));
  }
  return { probes, outputs: counts };
}

/**
 * The first place, in order of steps and then of the graph, whose values are not finite; all before it are.
 *
 * @param values of the outputs of `layerProbes`, by name.
 */
export function firstNonFinite(
  probes: readonly Probe[],
  values: Readonly<Record<string, TensorValue>>,
): NonFinite | undefined {
  let found: NonFinite | undefined;
  for (const probe of probes) {
    const counts = values[probe.name]?.data ?? [];
    const step = Array.from(counts, Number).findIndex((count) => count > 0);
    if (step < 0) continue;
    if (found && (probe.loop === undefined || probe.loop !== found.loop || step >= found.step!)) continue;
    found = { ...probe, count: Number(counts[step]), ...(probe.loop !== undefined && { step }) };
  }
  return found;
}

/** A place in words: `layer trunk.1 (matmul [64, 32])`. */
export function describeNonFinite({ layer, op, shape }: NonFinite): string {
  if (op.startsWith("input ")) return op;
  const what = `${op} ${formatShape(shape)}`;
  return layer === "" ? what : `layer ${layer} (${what})`;
}

/** Float tensors that are used in another layer, or are results, by node; inputs always. */
function leavers(nodes: readonly Node[], outputs: readonly Tensor[]): Map<Node, Tensor[]> {
  const found = new Map<Node, Tensor[]>();
  const leave = (tensor: Tensor): void => {
    const { node, index, dtype } = tensor;
    const known = found.get(node) ?? [];
    if (!isFloat(dtype) || node.op === "constant" || node.op === "formal") return;
    if (!known.some((other) => other.index === index)) found.set(node, [...known, tensor]);
  };
  for (const node of nodes) {
    for (const used of node.inputs)
      if (used.node.layer !== node.layer || used.node.op === "input") leave(used);
    for (const used of subgraphs(node.attributes).flatMap((body) => bodyPlan(body).captures)) leave(used);
  }
  outputs.forEach(leave);
  return found;
}

/** A loop that also stacks the counts of its body. */
function watchedLoop(
  node: Node,
  body: Subgraph,
  imageOf: (tensor: Tensor) => Tensor,
): { readonly loop: readonly Tensor[]; readonly watched: readonly Tensor[] } {
  const { nodes } = bodyPlan(body);
  const inside = new Set(nodes);
  const leaving = leavers(nodes, body.outputs);
  const watched = nodes.flatMap((inner) => (inside.has(inner) ? (leaving.get(inner) ?? []) : []));
  const counts = watched.map(countOf);
  const attributes = { ...node.attributes, body: { ...body, outputs: [...body.outputs, ...counts] } };
  const outputs = [...node.outputs, ...counts.map(({ dtype }) => ({ shape: ["trips"], dtype }))];
  return { loop: results({ ...node, inputs: node.inputs.map(imageOf), attributes, outputs }), watched };
}

/** How many elements are not finite: x − x is 0 for finite ones alone. */
function countOf(x: Tensor): Tensor {
  return withLayer(x.node.layer, () =>
    reduceSum(
      cast(isNaN(sub(x, x)), "float32"),
      x.shape.map((_, axis) => axis),
    ),
  );
}
