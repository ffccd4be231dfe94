import { nowMs } from "../src/base/clock.js";
import { seededRandom } from "../src/base/random.js";
import type { TensorValue } from "../src/graph/tensor.js";
import { decayMask, initialParameters } from "../src/model/layout.js";
import type { ModelSpec } from "../src/model/spec.js";
import { nodeRuntime } from "../src/runtime/node.js";
import type { Runtime, Session, Values } from "../src/runtime/runtime.js";
import { BALANCERS } from "../src/training/balancers/index.js";
import { OPTIMIZERS } from "../src/training/optimizers/index.js";
import { trainGraph, trainOnnx } from "../src/training/train-graph.js";
import type { Bench } from "./bench.js";
import { StepPeer } from "./step-peer.js";
import type { StepShape } from "./step-shape.js";

const ROUNDS = 9; // medians of nine: one disturbed round in four does not move them

/**
 * Milliseconds per training step (batch, forward, losses, backward, Adam; float32, one thread), ours in a looped ONNX
 * graph, the peer in PyTorch. Both are warmed up, then measured in turns.
 */
export function stepBench(shape: StepShape): Bench {
  return async (name) => {
    const peer = await StepPeer.start(shape);
    const runtime = await nodeRuntime({ workers: 1 });
    try {
      const step = await ourSteps(runtime, shape);
      const [ours, theirs]: [number[], number[]] = [[], []];
      for (let round = -1; round < ROUNDS; round++) {
        const pair = [await step(shape.steps), await peer.measure(shape.steps)] as const;
        if (round < 0) continue;
        ours.push(pair[0]);
        theirs.push(pair[1]);
      }
      const [a, b] = [median(ours), median(theirs)];
      const against = `ONNX Runtime ${runtime.version} ${runtime.kind} against PyTorch ${peer.version}, one thread each`;
      return { name, ours: a, peer: b, unit: "ms/step", ratio: b / a, against };
    } finally {
      peer.close();
      await runtime.close();
    }
  };
}

/** Opens our training graph; the function it returns runs so many steps and gives milliseconds per step. */
async function ourSteps(runtime: Runtime, shape: StepShape): Promise<(steps: number) => Promise<number>> {
  const spec = specOf(shape);
  const graph = trainGraph(spec, {
    optimizer: OPTIMIZERS.adam,
    balancer: BALANCERS.equal,
    batch: shape.batch,
    clip: 0,
    dropout: 0,
    weightDecay: 0,
  });
  const session = await runtime.open(trainOnnx(graph));
  const random = seededRandom(0, "bench");
  const start = initialParameters(graph.layout, random);
  await session.hold({
    encoded: normals(random, [shape.rows, shape.inputs]),
    targets: normals(random, [shape.rows, shape.tasks]),
    mask: float32(new Float32Array(shape.rows * shape.tasks).fill(1), [shape.rows, shape.tasks]),
    decay: float32(decayMask(graph.layout), [start.length]),
    ...Object.fromEntries(
      graph.carried.map((name) => [
        name,
        float32(name === "parameters" ? start : new Float32Array(start.length), [start.length]),
      ]),
    ),
  });
  let taken = 0;
  return async (steps) => {
    const schedule = Array.from({ length: steps }, (_, i) =>
      OPTIMIZERS.adam.scalars(taken + i + 1, 1e-3),
    ).flat();
    const batches = Int32Array.from({ length: steps * shape.batch }, () => random.integer(shape.rows));
    taken += steps;
    return timed(session, graph.carried, steps, {
      batches: { dtype: "int32", shape: [steps, shape.batch], data: batches },
      schedule: float32(Float32Array.from(schedule), [steps, graph.scalars]),
      steps: { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(steps)) },
    });
  };
}

async function timed(
  session: Session,
  carried: readonly string[],
  steps: number,
  feeds: Values,
): Promise<number> {
  const carry = Object.fromEntries(carried.map((name) => [`${name}.next`, name]));
  const start = nowMs();
  const { losses } = await session.run(feeds, { outputs: ["losses"], carry });
  const taken = nowMs() - start;
  if ((losses!.data as Float32Array).some(Number.isNaN)) throw new Error("a loss is not a number");
  return taken / steps;
}

function specOf(shape: StepShape): ModelSpec {
  const coding = { kind: "regression", mean: 0, deviation: 1, labelled: shape.rows } as const;
  return {
    inputs: shape.inputs,
    tasks: Array.from({ length: shape.tasks }, (_, t) => ({ name: `task ${t}`, coding })),
    links: [],
    trunk: shape.trunk,
    initializer: "he-normal",
    members: 1,
    adapter: "input",
    head: shape.head,
    tie: 0,
    embedding: 8,
  };
}

function normals(random: { normal(): number }, shape: readonly [number, number]): TensorValue {
  return float32(
    Float32Array.from({ length: shape[0] * shape[1] }, () => random.normal()),
    shape,
  );
}

const float32 = (data: Float32Array, shape: readonly number[]): TensorValue => ({
  dtype: "float32",
  shape,
  data,
});

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
