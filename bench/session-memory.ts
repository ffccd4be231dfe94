import { fork } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Node, Subgraph, Tensor } from "../src/graph/tensor.js";
import { bodyPlan, dependencies, order, subgraphs } from "../src/graph/traversal.js";
import type { StepLoop } from "../src/training/step-loop.js";
import type { MemoryTask, ZerosOf } from "./session-child.js";
import type { StepShape } from "./step-shape.js";

const FLOAT = 4; // bytes
const CHILD = fileURLToPath(new URL("session-child.ts", import.meta.url));

/** Bytes that a training step cannot do without, by what they are. */
export interface NeededBytes {
  readonly parameters: number;
  /** The optimiser's vectors. */
  readonly state: number;
  /** The most that is alive at one time of what a step computes. */
  readonly activations: number;
  /** The table that stays beside the session: encoded rows, targets, masks. */
  readonly table: number;
}

/** The tables that a training graph takes, to be held, as zeros. */
function tablesOf(graph: StepLoop, shape: StepShape): ZerosOf[] {
  const parameters = graph.layout.reduce((sum, entry) => sum + sizeOf(entry.shape), 0);
  const taken = new Set(graph.inputs.map(({ node }) => String(node.attributes["name"])));
  const vectors = ["decay", ...graph.carried].map((name) => ({ name, shape: [parameters] }));
  const tables = [
    { name: "encoded", shape: [shape.rows, shape.inputs] },
    { name: "targets", shape: [shape.rows, shape.tasks] },
    { name: "mask", shape: [shape.rows, shape.tasks] },
  ];
  return [...tables, ...vectors]
    .filter(({ name }) => taken.has(name))
    .map((held) => ({ ...held, dtype: "float32" as const }));
}

/** Counts what a training graph needs, from the graph as it was traced. */
export function neededBytes(graph: StepLoop, shape: StepShape): NeededBytes {
  const held = tablesOf(graph, shape);
  const carried = new Set(graph.carried);
  const bytes = (some: readonly ZerosOf[]): number =>
    some.reduce((sum, { shape: dims }) => sum + sizeOf(dims) * FLOAT, 0);
  const vectors = held.filter(({ name }) => carried.has(name));
  const [parameters = 0] = vectors.map((one) => bytes([one]));
  return {
    parameters,
    state: bytes(vectors) - parameters,
    activations: Math.max(...bodies(graph).map(peakOf)),
    table: bytes(held) - bytes(vectors),
  };
}

/** Trains in a process of its own; bytes by which its resident set grew at most. */
export async function grownBytes(
  folder: string,
  onnx: Uint8Array,
  graph: StepLoop,
  shape: StepShape,
  options: MemoryTask["options"] = {},
): Promise<number> {
  const model = join(folder, "training.onnx");
  await writeFile(model, onnx);
  const { steps, batch } = shape;
  const feed: ZerosOf[] = [
    { name: "batches", dtype: "int32", shape: [steps, batch] },
    { name: "schedule", dtype: "float32", shape: [steps, graph.scalars] },
  ];
  const hold = tablesOf(graph, shape);
  const task: MemoryTask = { model, hold, feed, steps, carried: graph.carried, options };
  const child = fork(CHILD, { execArgv: ["--import", "tsx"] });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("message", ({ bytes }: { bytes: number }) => resolve(bytes));
      child.once("exit", (code) => reject(new Error(`the measured process has ended with code ${code}`)));
      child.send(task);
    });
  } finally {
    child.removeAllListeners("exit");
    child.kill();
  }
}

function bodies(graph: StepLoop): Subgraph[] {
  return order(Object.values(graph.outputs)).flatMap(({ attributes }) => subgraphs(attributes));
}

/** The most bytes of floats alive at one time when a body's nodes run in order, each result until its last use. */
function peakOf(body: Subgraph): number {
  const { nodes } = bodyPlan(body);
  const last = new Map<Node, number>();
  nodes.forEach((node, at) => dependencies(node).forEach((used) => last.set(used.node, at)));
  for (const { node } of body.outputs) last.set(node, nodes.length);
  const ending = nodes.map((): Node[] => []);
  for (const node of nodes) ending[last.get(node) ?? nodes.length]?.push(node);
  let [alive, peak] = [0, 0];
  nodes.forEach((node, at) => {
    alive += bytesOf(node);
    peak = Math.max(peak, alive);
    for (const done of ending[at]!) alive -= bytesOf(done);
  });
  return peak;
}

const VIEWS = new Set(["reshape", "unsqueeze", "squeeze", "constant"]); // share the memory of what they are made from

function bytesOf({ op, outputs }: Node): number {
  if (VIEWS.has(op)) return 0;
  const floats = outputs.filter(({ dtype }) => dtype === "float32");
  return floats.reduce((sum, { shape }) => sum + sizeOf(shape) * FLOAT, 0);
}

const sizeOf = (shape: Tensor["shape"]): number =>
  shape.reduce<number>((product, dim) => product * (typeof dim === "number" ? dim : 1), 1);
