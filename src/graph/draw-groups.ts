import type { Node } from "./tensor.js";

/** Nodes that are drawn as one box. */
export interface Group {
  /** The layer they share. */
  readonly layer: string;
  readonly nodes: readonly Node[];
}

/**
 * Nodes by layer, such that groups have an order: a layer whose later nodes depend on its earlier ones by way of other layers,
 * as gradients do, makes several groups.
 *
 * @param nodes in topological order.
 * @param alone nodes that make a group of their own.
 * @param dependencies of a node, inside or outside `nodes`.
 */
export function groupByLayer(
  nodes: readonly Node[],
  alone: (node: Node) => boolean,
  dependencies: (node: Node) => readonly Node[],
): Group[] {
  const levels = new Map<Node, number>();
  const groups = new Map<string, { layer: string; nodes: Node[]; mayGrow: boolean }>();
  const groupOf = new Map<Node, string>();
  for (const [at, node] of nodes.entries()) {
    const single = alone(node);
    const level = Math.max(
      0,
      ...dependencies(node).map((used) => {
        const together = !single && used.layer === node.layer && !alone(used);
        return levels.has(used) ? levels.get(used)! + (together ? 0 : 1) : 0;
      }),
    );
    levels.set(node, level);
    const key = single ? `node ${at}` : `level ${level} ${node.layer}`;
    const group = groups.get(key) ?? { layer: node.layer, nodes: [], mayGrow: !single };
    group.nodes.push(node);
    groups.set(key, group);
    groupOf.set(node, key);
  }
  const after = successors(nodes, groupOf, dependencies);
  merge(groups, after);
  return [...groups.values()].map((group) => ({ layer: group.layer, nodes: group.nodes }));
}

function successors(
  nodes: readonly Node[],
  groupOf: ReadonlyMap<Node, string>,
  dependencies: (node: Node) => readonly Node[],
): Map<string, Set<string>> {
  const after = new Map<string, Set<string>>([...groupOf.values()].map((key) => [key, new Set()]));
  for (const node of nodes) {
    const to = groupOf.get(node)!;
    for (const used of dependencies(node)) {
      const from = groupOf.get(used);
      if (from !== undefined && from !== to) after.get(from)!.add(to);
    }
  }
  return after;
}

/** Joins groups of one layer where no way leads from one to the other through a third. */
function merge(
  groups: Map<string, { readonly layer: string; readonly nodes: Node[]; readonly mayGrow: boolean }>,
  after: Map<string, Set<string>>,
): void {
  const latest = new Map<string, string>();
  for (const [key, group] of groups) {
    if (!group.mayGrow) continue;
    const earlier = latest.get(group.layer);
    if (earlier === undefined || leadsAround(earlier, key, after) || leadsAround(key, earlier, after)) {
      latest.set(group.layer, key);
      continue;
    }
    groups.get(earlier)!.nodes.push(...group.nodes);
    groups.delete(key);
    for (const next of after.get(key)!) if (next !== earlier) after.get(earlier)!.add(next);
    after.delete(key);
    for (const targets of after.values()) if (targets.delete(key)) targets.add(earlier);
    after.get(earlier)!.delete(earlier);
  }
}

/** Whether a way of more than one step leads from one group to another. */
function leadsAround(from: string, to: string, after: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const seen = new Set<string>();
  const stack = [...after.get(from)!].filter((next) => next !== to);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next === to) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    stack.push(...after.get(next)!);
  }
  return false;
}
