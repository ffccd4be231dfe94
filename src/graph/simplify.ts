import { folded } from "./fold.js";
import { type Liveness, liveness } from "./live-outputs.js";
import { results } from "./op.js";
import { replacement } from "./simplify-rules.js";
import { SOURCES } from "./sources.js";
import type { Node, Subgraph, Tensor } from "./tensor.js";
import { bodyPlan, order, subgraphs } from "./traversal.js";

/** What stands for the results of nodes: themselves where nothing is said, as for a result of a loop that nothing needs. */
type Images = Map<Node, readonly (Tensor | undefined)[]>;

/**
 * The same outputs from fewer operations, to the bit.
 *
 * Operations on constants are folded where the result is exact and the file does not grow; what changes nothing (x · 1,
 * reshaping twice, −−x, a slice of everything) is left out; loops neither carry nor stack what nothing needs, and what a loop
 * hands on unchanged is computed outside. Layers keep their names. The same graph always gives the same result.
 *
 * @returns tensors of the same shapes and types under the same names.
 */
export function simplify(outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const needs = liveness(Object.values(outputs));
  const images: Images = new Map();
  for (const node of order(Object.values(outputs))) simplifyNode(node, images, needs);
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, imageOf(tensor, images)]));
}

function simplifyNode(node: Node, images: Images, needs: Liveness): void {
  if (images.has(node) || SOURCES.has(node.op)) return;
  const [body] = subgraphs(node.attributes);
  if (body) {
    images.set(node, simplifyLoop(node, body, images, needs));
    return;
  }
  const inputs = node.inputs.map((input) => imageOf(input, images));
  const unchanged = inputs.every((input, i) => input === node.inputs[i]);
  const renewed = unchanged ? node : { ...node, inputs };
  const replaced = replacement(renewed);
  const simpler = replaced ? [replaced] : folded(renewed, needs.used);
  images.set(node, simpler ?? (unchanged ? [] : results(renewed)));
}

function imageOf(tensor: Tensor, images: Images): Tensor {
  return images.get(tensor.node)?.[tensor.index] ?? tensor;
}

/** A loop without the results that nothing needs, and without carrying what stays as it is. */
function simplifyLoop(
  node: Node,
  body: Subgraph,
  images: Images,
  needs: Liveness,
): readonly (Tensor | undefined)[] {
  const carried = Number(node.attributes["carried"]);
  const fixed = (i: number): boolean => {
    const [given, next] = [body.inputs[i + 1]!, body.outputs[i]!];
    return next.node === given.node && needs.owners(given.node).size === 1;
  };
  const places = body.outputs.map((_, i) => i).filter((i) => needs.live(node, i));
  const unchanged = places.filter((i) => i < carried && fixed(i));
  const kept = places.filter((i) => !unchanged.includes(i));
  const initial = (i: number): Tensor => imageOf(node.inputs[i + 1]!, images);
  for (const i of unchanged) images.set(body.inputs[i + 1]!.node, [initial(i)]);
  for (const inner of bodyPlan(body).nodes) simplifyNode(inner, images, needs);

  const still = kept.filter((i) => i < carried);
  const made: Subgraph = {
    inputs: [body.inputs[0]!, ...still.map((i) => body.inputs[i + 1]!)],
    outputs: kept.map((i) => imageOf(body.outputs[i]!, images)),
  };
  const renewed = results({
    ...node,
    inputs: [imageOf(node.inputs[0]!, images), ...still.map(initial)],
    attributes: { ...node.attributes, body: made, carried: still.length },
    outputs: kept.map((i) => node.outputs[i]!),
  });
  return body.outputs.map((_, i) => (unchanged.includes(i) ? initial(i) : renewed[kept.indexOf(i)]));
}
