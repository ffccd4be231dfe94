import type { LoopAttributes } from "../loop-cotangents.js";
import type { Node, Subgraph, Tensor, TensorValue } from "../tensor.js";
import { bodyPlan, dependencies } from "../traversal.js";
import type { GraphProto } from "./schema.js";

/** A loop's body as one that is handed rows: what `Scan` takes. */
export interface RowMap {
  /** Names of the tensors whose rows are handed to the body, one in each trip. */
  readonly stacks: readonly string[];
  readonly body: GraphProto;
}

/**
 * A loop that carries nothing and looks at its iteration only to take a row of tensors with as many rows as trips, as a map
 * over rows; undefined for other loops.
 *
 * `Scan` hands rows out without copying them and writes results where they belong, `Loop` copies both: Adam over 3.4 million
 * parameters in 26 rows takes 17 ms by `Scan` and 23 by `Loop`.
 *
 * @param written the body as `Loop` wants it: iteration and condition first, the condition given back first.
 */
export function rowMap({ inputs, attributes }: Node, written: GraphProto): RowMap | undefined {
  const { body, carried } = attributes as LoopAttributes; // the attributes of a loop
  if (carried > 0 || !onlyTakesRows(inputs[0]!, body)) return undefined;
  const [iteration] = written.input;
  const [goOn, ...output] = written.output;
  const results = new Set(output.map(({ name }) => name));
  const takes = written.node.filter(
    ({ opType, input }) => opType === "Gather" && input[1] === iteration!.name,
  );
  if (takes.some((take) => results.has(take.output[0]!))) return undefined;
  return {
    stacks: takes.map(({ input }) => input[0]!),
    body: {
      ...written,
      input: takes.map((take) => ({ name: take.output[0]! })), // its type follows from the stack's
      output,
      node: written.node.filter((node) => !takes.includes(node) && node.output[0] !== goOn!.name),
    },
  };
}

function onlyTakesRows(trips: Tensor, body: Subgraph): boolean {
  const count = constantNumber(trips);
  const iteration = body.inputs[0]!.node;
  const { nodes } = bodyPlan(body);
  const inside = new Set([iteration, ...nodes]);
  const takesRow = ({ op, inputs, attributes }: Node): boolean =>
    op === "gather" &&
    attributes["axis"] === 0 &&
    !inside.has(inputs[0]!.node) &&
    inputs[0]!.shape[0] === count;
  const users = nodes.filter((node) => dependencies(node).some((used) => used.node === iteration));
  const given = body.outputs.some(({ node }) => node === iteration);
  return count !== undefined && !given && users.length > 0 && users.every(takesRow);
}

function constantNumber({ node }: Tensor): number | undefined {
  return node.op === "constant" ? Number((node.attributes["value"] as TensorValue).data[0]) : undefined;
}
