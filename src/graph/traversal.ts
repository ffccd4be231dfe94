import type { Attributes, Node, Subgraph, Tensor } from "./tensor.js";

/** What stands inside a loop's body, and what it takes from around it. */
export interface BodyPlan {
  /** Nodes that depend on the formal inputs, each after what it uses. */
  readonly nodes: readonly Node[];
  /** Tensors from outside that the body uses; what does not change from trip to trip is computed outside. */
  readonly captures: readonly Tensor[];
}

const plans = new WeakMap<Subgraph, BodyPlan>();

/** Subgraphs among a node's attributes. */
export function subgraphs(attributes: Attributes): Subgraph[] {
  return Object.values(attributes).filter(
    (value): value is Subgraph => typeof value === "object" && "outputs" in value && "inputs" in value,
  );
}

/** Tensors a node needs: its inputs and what its bodies take from outside. */
export function dependencies(node: Node): readonly Tensor[] {
  const bodies = subgraphs(node.attributes);
  return bodies.length === 0
    ? node.inputs
    : [...node.inputs, ...bodies.flatMap((body) => bodyPlan(body).captures)];
}

/** The nodes that outputs depend on, each after what it uses. Without recursion, so that a graph may be deep. */
export function order(outputs: readonly Tensor[]): Node[] {
  const done = new Set<Node>();
  const sorted: Node[] = [];
  const stack = [...outputs].reverse().map(({ node }) => ({ node, ready: false }));
  while (stack.length > 0) {
    const { node, ready } = stack.pop()!;
    if (done.has(node)) continue;
    if (ready) {
      done.add(node);
      sorted.push(node);
      continue;
    }
    stack.push({ node, ready: true });
    for (const { node: used } of [...dependencies(node)].reverse()) {
      if (!done.has(used)) stack.push({ node: used, ready: false });
    }
  }
  return sorted;
}

/** Which nodes of a body belong in it, and what it takes from outside. */
export function bodyPlan(body: Subgraph): BodyPlan {
  const known = plans.get(body);
  if (known) return known;
  const formals = new Set(body.inputs.map(({ node }) => node));
  const inside = new Set(formals);
  const nodes: Node[] = [];
  for (const node of order(body.outputs)) {
    if (formals.has(node) || !dependencies(node).some((used) => inside.has(used.node))) continue;
    inside.add(node);
    nodes.push(node);
  }
  const captures = new Map<Node, Map<number, Tensor>>();
  for (const used of [...nodes.flatMap(dependencies), ...body.outputs]) {
    if (inside.has(used.node)) continue;
    const of = captures.get(used.node) ?? new Map<number, Tensor>();
    captures.set(used.node, of.set(used.index, used));
  }
  const plan = { nodes, captures: [...captures.values()].flatMap((of) => [...of.values()]) };
  plans.set(body, plan);
  return plan;
}
