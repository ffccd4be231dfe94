import { nowMs } from "../src/base/clock.js";
import { seededRandom } from "../src/base/random.js";
import {
  type Tensor,
  type TensorValue,
  concat,
  input,
  reduceSum,
  reshape,
  toOnnx,
} from "../src/graph/index.js";
import { convolutionalLayout, onFeatures } from "../src/model/convolution/layout.js";
import { convolutionalNetwork } from "../src/model/convolution/network.js";
import type { ConvolutionSpec } from "../src/model/convolution/spec.js";
import { taskOutput } from "../src/model/group-output.js";
import { groupOrder, taskGroups } from "../src/model/groups.js";
import { initialParameters, parameterCount, unflatten } from "../src/model/layout.js";
import { taskLosses } from "../src/model/losses.js";
import type { ModelSpec } from "../src/model/spec.js";
import type { Runtime, Session } from "../src/runtime/runtime.js";
import { OPTIMIZERS } from "../src/training/optimizers/index.js";
import { type StepLoop, stepLoop, trainOnnx } from "../src/training/step-loop.js";
import type { ImageSet } from "./conv-sets.js";

/** Rows in a batch. */
export const BATCH = 64;
/** Adam's step size, everywhere the same. */
export const LEARNING_RATE = 1e-3;
const DENSE = 64; // width of the shared dense layer
const CHUNK = 500; // rows of a prediction at a time

/** What our side does; the peer does the same. */
export interface ConvSide {
  /** Starts again from the parameters of a seed. */
  start(seed: number): Promise<void>;
  /** Takes one step for each batch of row numbers `[S, B]`; milliseconds in all. */
  train(batches: Int32Array): Promise<number>;
  /** Head outputs `[rows, Σ W]` of all tasks in their order, for the rows that are not for training. */
  predict(): Promise<Float32Array>;
}

/** The layout of both sides: two stages, one dense layer, linear heads, nothing but ReLU in between. */
export function convModel({ image, tasks }: ImageSet): { spec: ConvolutionSpec; model: ModelSpec } {
  const spec: ConvolutionSpec = {
    image,
    stages: [
      { channels: 16, kernel: 3, pool: 2 },
      { channels: 32, kernel: 3, pool: 2 },
    ],
    initializer: "fan-in-uniform",
  };
  const model = onFeatures(spec, {
    tasks,
    links: [],
    trunk: [DENSE],
    initializer: "fan-in-uniform",
    members: 1,
    adapter: "input",
    head: 0,
    tie: 0,
    embedding: 0,
  });
  return { spec, model };
}

/** The parameters of a seed, as both sides start from them. */
export const convStart = (set: ImageSet, seed: number): Float32Array => {
  const { spec, model } = convModel(set);
  return initialParameters(convolutionalLayout(spec, model), seededRandom(seed, "conv-digits"));
};

/** Opens our side: the looped training graph and the forward pass, in one worker. */
export async function openConv(runtime: Runtime, set: ImageSet): Promise<ConvSide> {
  const graph = trainingGraph(set);
  const training = await runtime.open(trainOnnx(graph));
  const forward = await runtime.open(forwardOnnx(set), { beside: training });
  await training.hold({
    ...tables(set),
    decay: float32(new Float32Array(parameterCount(graph.layout)), [parameterCount(graph.layout)]),
  });
  let taken = 0;
  return {
    async start(seed) {
      taken = 0;
      const start = convStart(set, seed);
      const vector = (name: string): Float32Array =>
        name === "parameters" ? start : new Float32Array(start.length);
      await training.hold(
        Object.fromEntries(graph.carried.map((name) => [name, float32(vector(name), [start.length])])),
      );
    },
    async train(batches) {
      const steps = batches.length / BATCH;
      const scalars = Array.from({ length: steps }, (_, i) =>
        OPTIMIZERS.adam.scalars(taken + i + 1, LEARNING_RATE),
      );
      taken += steps;
      const carry = Object.fromEntries(graph.carried.map((name) => [`${name}.next`, name]));
      const before = nowMs();
      const { losses } = await training.run(
        {
          batches: { dtype: "int32", shape: [steps, BATCH], data: batches },
          schedule: float32(Float32Array.from(scalars.flat()), [steps, graph.scalars]),
          steps: { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(steps)) },
        },
        { outputs: ["losses"], carry },
      );
      const spent = nowMs() - before;
      if ((losses!.data as Float32Array).some(Number.isNaN)) throw new Error("a loss is not a number");
      return spent;
    },
    predict: () => predicted(training, forward, set),
  };
}

async function predicted(training: Session, forward: Session, set: ImageSet): Promise<Float32Array> {
  const { parameters } = await training.held(["parameters"]);
  const { channels, height, width } = set.image;
  const pixels = channels * height * width;
  const parts: Float32Array[] = [];
  for (let from = set.trained; from < set.rows; from += CHUNK) {
    const to = Math.min(from + CHUNK, set.rows);
    const images = float32(set.images.slice(from * pixels, to * pixels), [
      to - from,
      channels,
      height,
      width,
    ]);
    const { outputs } = await forward.run({ images, parameters: parameters! });
    parts.push(outputs!.data as Float32Array);
  }
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

function trainingGraph(set: ImageSet): StepLoop {
  const { spec, model } = convModel(set);
  const layout = convolutionalLayout(spec, model);
  const { channels, height, width } = set.image;
  return stepLoop({
    layout,
    options: { optimizer: OPTIMIZERS.adam, batch: BATCH, clip: 0, weightDecay: 0 },
    tables: { images: { shape: [channels, height, width] }, targets: { shape: [set.tasks.length] } },
    objective({ parameters, rows }) {
      const traced = convolutionalNetwork(spec, model, rows["images"]!, unflatten(layout, parameters));
      const losses = taskLosses(traced, rows["targets"]!, undefined, traced.features);
      return { total: reduceSum(losses, [0]), scans: { losses } };
    },
  });
}

function forwardOnnx(set: ImageSet): Uint8Array {
  const { spec, model } = convModel(set);
  const layout = convolutionalLayout(spec, model);
  const { channels, height, width } = set.image;
  const images = input("images", "float32", ["rows", channels, height, width]);
  const parameters = input("parameters", "float32", [parameterCount(layout)]);
  const { groups } = convolutionalNetwork(spec, model, images, unflatten(layout, parameters));
  const byTask = set.tasks.map((_, t): Tensor => {
    const source = groups.find(({ group }) => group.tasks.includes(t))!;
    const { output } = taskOutput(source, source.group.tasks.indexOf(t)); // [1, R, W]
    return reshape(output, output.shape.slice(1));
  });
  return toOnnx({ name: "forward", inputs: [images, parameters], outputs: { outputs: concat(byTask, 1) } });
}

/** Pixels, and labels in the order of the groups. */
function tables(set: ImageSet): Record<string, TensorValue> {
  const { channels, height, width } = set.image;
  const count = set.tasks.length;
  const order = groupOrder(taskGroups(convModel(set).model));
  const targets = set.targets.map((_, at) => set.targets[at - (at % count) + order[at % count]!]!);
  return {
    images: float32(set.images, [set.rows, channels, height, width]),
    targets: float32(targets, [set.rows, count]),
  };
}

const float32 = (data: Float32Array, shape: readonly number[]): TensorValue => ({
  dtype: "float32",
  shape,
  data,
});
