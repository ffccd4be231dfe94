import type { Node, Subgraph, Tensor } from "./tensor.js";
import { subgraphs } from "./traversal.js";

/** Which results of nodes are needed, and which loops hand values to a formal. */
export interface Liveness {
  readonly live: (node: Node, index: number) => boolean;
  /** How many inputs, bodies and outputs use a node's results. */
  readonly used: (node: Node) => number;
  /** The loops whose body has this formal input. */
  readonly owners: (formal: Node) => ReadonlySet<Node>;
}

/**
 * What outputs depend on, result by result: of a loop only what is carried or stacked for a result that is needed, or for the
 * next value of something needed.
 */
export function liveness(outputs: readonly Tensor[]): Liveness {
  const live = new Map<Node, Set<number>>();
  const uses = new Map<Node, number>();
  const owners = new Map<Node, Set<Node>>();
  const places = new Map<Node, number>();
  const stack: Tensor[] = [];
  const use = (tensor: Tensor): void => {
    uses.set(tensor.node, (uses.get(tensor.node) ?? 0) + 1);
    stack.push(tensor);
  };
  const own = (loop: Node, body: Subgraph): void =>
    body.inputs.forEach(({ node }, place) => {
      const known = owners.get(node) ?? new Set();
      if (!known.has(loop) && live.has(node) && place > 0) stack.push({ ...loopResult(loop, place - 1) });
      owners.set(node, known.add(loop));
      places.set(node, place);
    });

  outputs.forEach(use);
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node, index } = next;
    const found = live.get(node);
    if (found?.has(index)) continue;
    live.set(node, (found ?? new Set()).add(index));
    const [body] = subgraphs(node.attributes);
    if (body) {
      own(node, body);
      const carried = Number(node.attributes["carried"]);
      if (!found) use(node.inputs[0]!); // trips
      if (index < carried) use(node.inputs[1 + index]!);
      use(body.outputs[index]!);
    } else if (node.op === "formal") {
      const place = places.get(node) ?? 0;
      if (place > 0) for (const loop of owners.get(node) ?? []) stack.push(loopResult(loop, place - 1));
    } else if (!found) node.inputs.forEach(use);
  }
  return {
    live: (node, index) => live.get(node)?.has(index) ?? false,
    used: (node) => uses.get(node) ?? 0,
    owners: (formal) => owners.get(formal) ?? new Set(),
  };
}

const loopResult = (node: Node, index: number): Tensor => ({ node, index, ...node.outputs[index]! });
