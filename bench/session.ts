import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nowMs } from "../src/base/clock.js";
import { nodeRuntime } from "../src/runtime/node.js";
import type { Runtime } from "../src/runtime/runtime.js";
import { BALANCERS } from "../src/training/balancers/index.js";
import { OPTIMIZERS } from "../src/training/optimizers/index.js";
import { type StepLoop, trainOnnx } from "../src/training/step-loop.js";
import { trainGraph } from "../src/training/train-graph.js";
import type { Bench, BenchPart } from "./bench.js";
import { median } from "./in-turns.js";
import { grownBytes, neededBytes } from "./session-memory.js";
import { BIG } from "./step-big.js";
import { MID } from "./step-mid.js";
import { specOf } from "./step-ours.js";
import type { StepShape } from "./step-shape.js";
import { SMALL } from "./step-small.js";

const LIMIT = 100; // milliseconds: what opening a session may take
const OPENINGS = 9;
const MEBI = 2 ** 20;
const SHAPES = { small: SMALL, mid: MID, big: BIG } as const;

/**
 * What a training session costs before and beside its steps: milliseconds to open it, from the bytes of its graph, against a
 * limit of 100; and the peak growth of a fresh process' resident set over several runs, against parameters, optimiser state,
 * and the most of a step's floats alive at one time, counted from the traced graph; the table beside the session is told apart,
 * since it grows with the rows alone. A process' floor of a few MiB weighs on small models.
 */
export const session: Bench = async (name) => {
  const runtime = await nodeRuntime({ inline: true });
  const folder = await mkdtemp(join(tmpdir(), "kindred-bench-"));
  const parts: BenchPart[] = [];
  const notes: string[] = [];
  try {
    for (const [size, shape] of Object.entries(SHAPES)) {
      const graph = graphOf(shape);
      const onnx = trainOnnx(graph);
      const ours = await openingMs(runtime, onnx);
      parts.push({ name: size, ours, peer: LIMIT, ratio: LIMIT / ours });
      notes.push(memoryLine(size, graph, shape, await grownBytes(folder, onnx, graph, shape)));
    }
  } finally {
    await runtime.close();
    await rm(folder, { recursive: true });
  }
  const worst = parts.reduce((least, part) => (part.ratio < least.ratio ? part : least));
  const against = `the limit for opening a session, ONNX Runtime ${runtime.version} ${runtime.kind}; slowest of the above`;
  return { ...worst, name, unit: "ms", against, parts, notes };
};

function graphOf({ batch, ...shape }: StepShape): StepLoop {
  return trainGraph(specOf({ ...shape, batch }), {
    optimizer: OPTIMIZERS.adam,
    balancer: BALANCERS.equal,
    batch,
    clip: 0,
    dropout: 0,
    weightDecay: 0,
    complete: true,
  });
}

async function openingMs(runtime: Runtime, onnx: Uint8Array): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < OPENINGS; i++) {
    const start = nowMs();
    const opened = await runtime.open(onnx);
    taken.push(nowMs() - start);
    await opened.close();
  }
  return median(taken);
}

function memoryLine(size: string, graph: StepLoop, shape: StepShape, grown: number): string {
  const { parameters, state, activations, table } = neededBytes(graph, shape);
  const needed = parameters + state + activations;
  const mib = (bytes: number): string => (bytes / MEBI).toFixed(1);
  const counted = `parameters ${mib(parameters)} + optimiser ${mib(state)} + activations ${mib(activations)}`;
  const ratio = ((grown - table) / needed).toFixed(2);
  return `memory ${size}: grew by ${mib(grown)} MiB, ${mib(table)} of it the table; ${counted} = ${mib(needed)} MiB; ${ratio} times`;
}
