import { DataError, RuntimeFailure } from "../base/errors.js";
import { definitionOf } from "./registry.js";
import { formatShape } from "./shape.js";
import { SOURCES } from "./sources.js";
import type { Dim, Node, Subgraph, Tensor, TensorValue } from "./tensor.js";
import { bodyPlan, order } from "./traversal.js";
import { type Value, fromTensorValue, round, toTensorValue } from "./value.js";

type Environment = Map<Node, readonly Value[]>;

/**
 * Computes a graph exactly and slowly: every operation by its reference in float64, then rounded to its type. Meant for
 * checks; ONNX Runtime does the work.
 *
 * @param feeds values of the graph's inputs by name; more than it needs do no harm.
 * @throws {DataError} if an input is missing or does not fit.
 */
export function evaluate(
  outputs: Readonly<Record<string, Tensor>>,
  feeds: Readonly<Record<string, TensorValue>>,
): Record<string, TensorValue> {
  const environment: Environment = new Map();
  const sizes = new Map<string, number>();
  for (const node of order(Object.values(outputs))) {
    if (node.op === "input") environment.set(node, [fed(node, feeds, sizes)]);
    else compute(node, environment);
  }
  return Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => [
      name,
      toTensorValue(valueOf(tensor, environment), tensor.dtype),
    ]),
  );
}

/** The value of one operation on known values, rounded. */
export function referenceOf(
  node: Node,
  inputs: readonly Value[],
  environment: Environment = new Map(),
): readonly Value[] {
  const run = (body: Subgraph, formals: readonly Value[]): readonly Value[] =>
    runBody(body, formals, environment);
  const results = definitionOf(node.op).reference({ node, attributes: node.attributes, inputs, run });
  return results.map((result, i) => {
    const { shape, dtype } = node.outputs[i]!;
    if (!fits(shape, result.shape)) {
      const subject = `${node.op} result`;
      const got = formatShape(result.shape);
      throw new RuntimeFailure({ where: node.layer || "graph", subject, expected: formatShape(shape), got });
    }
    return round(result, dtype);
  });
}

function compute(node: Node, environment: Environment): void {
  if (node.op === "constant") {
    environment.set(node, [fromTensorValue(node.attributes["value"] as TensorValue)]); // a constant has its value
    return;
  }
  if (SOURCES.has(node.op)) throw escaped(node);
  const inputs = node.inputs.map((input) => valueOf(input, environment));
  environment.set(node, referenceOf(node, inputs, environment));
}

function runBody(body: Subgraph, formals: readonly Value[], outer: Environment): readonly Value[] {
  const environment: Environment = new Map(outer);
  body.inputs.forEach(({ node }, i) => environment.set(node, [formals[i]!]));
  for (const node of bodyPlan(body).nodes) compute(node, environment);
  return body.outputs.map((output) => valueOf(output, environment));
}

function valueOf({ node, index }: Tensor, environment: Environment): Value {
  const found = environment.get(node)?.[index];
  if (!found) throw escaped(node);
  return found;
}

function fed(node: Node, feeds: Readonly<Record<string, TensorValue>>, sizes: Map<string, number>): Value {
  const name = String(node.attributes["name"]);
  const feed = Object.hasOwn(feeds, name) ? feeds[name] : undefined;
  const { shape, dtype } = node.outputs[0]!;
  const wrong = (got: string): DataError =>
    new DataError({
      where: "evaluate",
      subject: `input ${name}`,
      expected: `${dtype} ${formatShape(shape)}`,
      got,
    });
  if (!feed) throw wrong("nothing");
  const said = `${feed.dtype} ${formatShape(feed.shape)}`;
  if (feed.dtype !== dtype || !fits(shape, feed.shape)) throw wrong(said);
  shape.forEach((dim, i) => {
    if (typeof dim !== "string") return;
    const size = feed.shape[i]!;
    if ((sizes.get(dim) ?? size) !== size) throw wrong(`${said} although ${dim} is ${sizes.get(dim)}`);
    sizes.set(dim, size);
  });
  return fromTensorValue(feed);
}

function fits(shape: readonly Dim[], real: readonly number[]): boolean {
  return shape.length === real.length && shape.every((dim, i) => typeof dim === "string" || dim === real[i]);
}

function escaped(node: Node): RuntimeFailure {
  const problem = "is used outside the loop it belongs to";
  const fix = "Return it from the body as carried or as a scan.";
  return new RuntimeFailure({ where: node.layer || "graph", subject: `${node.op} of a body`, problem, fix });
}
