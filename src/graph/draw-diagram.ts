import { type Group, groupByLayer } from "./draw-groups.js";
import { formatShape } from "./shape.js";
import type { Node, Subgraph, Tensor, TensorValue } from "./tensor.js";
import { bodyPlan, dependencies, order, subgraphs } from "./traversal.js";

/** What a box stands for. */
export type BoxKind = "input" | "constant" | "layer" | "node" | "loop" | "output";

/** One box of a drawing. */
export interface Box {
  readonly kind: BoxKind;
  readonly title: string;
  readonly lines: readonly string[];
  /** What is drawn inside: the body of a loop. */
  readonly inner?: Diagram;
}

/** A line from one box to another, by their numbers. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** Boxes and the lines between them, which never lead back. */
export interface Diagram {
  readonly boxes: readonly Box[];
  readonly edges: readonly Edge[];
}

/** `layers`: a box for each layer; `nodes`: one for each node. */
export type Detail = "layers" | "nodes";

/** The boxes and lines of a graph. */
export function diagramOf(outputs: Readonly<Record<string, Tensor>>, detail: Detail): Diagram {
  const results = Object.entries(outputs).map(
    ([name, tensor]) => [`output ${JSON.stringify(name)}`, tensor] as const,
  );
  return diagram(order(Object.values(outputs)), results, detail, () => "");
}

function bodyDiagram(body: Subgraph, carried: number, detail: Detail): Diagram {
  const { nodes, captures } = bodyPlan(body);
  const names = new Map(body.inputs.map(({ node }, i) => [node, i === 0 ? "trip" : `carried ${i - 1}`]));
  const results = body.outputs.map(
    (tensor, i) => [i < carried ? `next carried ${i}` : `stacked ${i - carried}`, tensor] as const,
  );
  const outside = captures.map(({ node }) => node);
  const used = new Set([...nodes.flatMap(dependencies), ...body.outputs].map(({ node }) => node));
  const sources = [
    ...body.inputs.map(({ node }) => node).filter((node) => used.has(node)),
    ...new Set(outside),
  ];
  const name = (node: Node): string =>
    names.get(node) ?? (outside.includes(node) ? `from outside: ${titleOf(node)}` : "");
  return diagram([...sources, ...nodes], results, detail, name);
}

function diagram(
  all: readonly Node[],
  results: readonly (readonly [string, Tensor])[],
  detail: Detail,
  sourceName: (node: Node) => string,
): Diagram {
  const isSource = (node: Node): boolean => node.inputs.length === 0 || sourceName(node) !== "";
  const nodes = detail === "nodes" ? all : all.filter(({ op }) => op !== "constant");
  const inside = new Set(nodes);
  const used = (node: Node): readonly Node[] =>
    isSource(node)
      ? []
      : dependencies(node).flatMap((tensor) => (inside.has(tensor.node) ? [tensor.node] : []));
  const alone = (node: Node): boolean =>
    detail === "nodes" || isSource(node) || subgraphs(node.attributes).length > 0;
  const groups = groupByLayer(nodes, alone, used);
  const boxes: Box[] = groups.map((group, i) => {
    const [node] = group.nodes;
    if (!alone(node!))
      return layerBox(group, groups.slice(0, i).filter((other) => isPart(other, group, alone)).length);
    return nodeBox(node!, sourceName(node!), detail);
  });
  const places = new Map(groups.flatMap((group, i) => group.nodes.map((node) => [node, i] as const)));
  const labels = new Map<string, Map<string, string>>();
  const connect = (tensor: Tensor, to: number): void => {
    const from = places.get(tensor.node);
    if (from === undefined || from === to) return;
    const known = labels.get(`${from} ${to}`) ?? new Map<string, string>();
    const id = `${all.indexOf(tensor.node)}.${tensor.index}`;
    labels.set(`${from} ${to}`, known.set(id, formatShape(tensor.shape)));
  };
  for (const node of nodes)
    if (!isSource(node)) for (const tensor of dependencies(node)) connect(tensor, places.get(node)!);
  for (const [title, tensor] of results) {
    connect(tensor, boxes.length);
    boxes.push({ kind: "output", title, lines: [typeOf(tensor)] });
  }
  const edges = [...labels].map(([key, shapes]): Edge => {
    const [from, to] = key.split(" ").map(Number);
    return { from: from!, to: to!, label: detail === "nodes" ? "" : summary([...shapes.values()]) };
  });
  return { boxes, edges };
}

const isPart = (other: Group, group: Group, alone: (node: Node) => boolean): boolean =>
  other.layer === group.layer && !alone(other.nodes[0]!);

function layerBox({ layer, nodes }: Group, earlier: number): Box {
  const name = layer === "" ? "outside any layer" : layer;
  const counts = new Map<string, number>();
  for (const { op } of nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const words = sorted.map(([op, count]) => (count === 1 ? op : `${op} ×${count}`));
  return {
    kind: "layer",
    title: earlier === 0 ? name : `${name} (part ${earlier + 1})`,
    lines: wrapped(words),
  };
}

function nodeBox(node: Node, sourceName: string, detail: Detail): Box {
  const [body] = subgraphs(node.attributes);
  const types = node.outputs.map(typeOf);
  const layer = node.layer === "" || sourceName !== "" ? [] : [`in ${node.layer}`];
  if (sourceName !== "") return { kind: "input", title: sourceName, lines: types.slice(0, 1) };
  if (body) {
    const inner = bodyDiagram(body, Number(node.attributes["carried"]), detail);
    return { kind: "loop", title: "loop", lines: layer, inner };
  }
  if (node.op === "input") return { kind: "input", title: titleOf(node), lines: types };
  if (node.op === "constant") return { kind: "constant", title: titleOf(node), lines: types };
  return { kind: "node", title: node.op, lines: [summary(types), ...layer] };
}

const typeOf = ({ shape, dtype }: Pick<Tensor, "shape" | "dtype">): string =>
  `${dtype} ${formatShape(shape)}`;

function titleOf({ op, layer, attributes }: Node): string {
  if (op === "input") return `input ${JSON.stringify(attributes["name"])}`;
  if (op !== "constant") return layer === "" ? op : `${op} in ${layer}`;
  const { data } = attributes["value"] as TensorValue; // a constant has its value
  if (data.length !== 1) return "constant";
  const [only] = data;
  return `constant ${typeof only === "number" ? Number(only.toPrecision(DIGITS)) : String(only)}`;
}

const DIGITS = 6; // of a constant
const SHOWN = 2; // shapes on one line

/** The first few of several texts, equal ones counted. */
function summary(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const words = [...counts].map(([text, count]) => (count === 1 ? text : `${text} ×${count}`));
  const more = words.length - SHOWN;
  return words.slice(0, SHOWN).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

const WIDTH = 34; // characters in a line of a box

function wrapped(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 2 <= WIDTH)
      lines[lines.length - 1] = `${last}, ${word}`;
    else lines.push(word);
  }
  return lines;
}
