/**
 * A process of its own that trains with one session in its main thread and sends its peak memory to its parent.
 *
 * The resident set is read once ONNX Runtime has opened and run the model of one addition, and again as the peak the operating
 * system kept, after three runs of the training graph; what grows is the model, its values and the tables.
 */
import { readFile } from "node:fs/promises";
import { input, mul, scalar, toOnnx } from "../src/graph/index.js";
import { nodeRuntime } from "../src/runtime/node.js";
import type { SessionOptions, Values } from "../src/runtime/runtime.js";

/** What the parent sends: a model file, and zeros to hold and to feed by name, type and shape. */
export interface MemoryTask {
  readonly model: string;
  readonly hold: readonly ZerosOf[];
  readonly feed: readonly ZerosOf[];
  readonly steps: number;
  readonly carried: readonly string[];
  readonly options: SessionOptions;
}

/** Zeros of a name. */
export interface ZerosOf {
  readonly name: string;
  readonly dtype: "float32" | "int32";
  readonly shape: readonly number[];
}

const KIB = 1024; // the operating system gives the peak in KiB
const RUNS = 3;

process.once("message", (task: MemoryTask) => {
  void grown(task).then((bytes) => process.send!({ bytes }));
});

async function grown({ model, hold, feed, steps, carried, options }: MemoryTask): Promise<number> {
  const runtime = await nodeRuntime({ inline: true });
  const x = input("x", "float32", [1]);
  const tiny = await runtime.open(toOnnx({ name: "tiny", outputs: { y: mul(x, scalar(2, "float32")) } }));
  await tiny.run(zeros([{ name: "x", dtype: "float32", shape: [1] }]));
  const before = process.memoryUsage.rss();
  const session = await runtime.open(await readFile(model), options);
  await session.hold(zeros(hold));
  const carry = Object.fromEntries(carried.map((name) => [`${name}.next`, name]));
  const count = { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(steps)) } as const;
  for (let run = 0; run < RUNS; run++) {
    await session.run({ ...zeros(feed), steps: count }, { outputs: ["losses"], carry, owned: true });
  }
  const peak = process.resourceUsage().maxRSS * KIB;
  await runtime.close();
  return peak - before;
}

function zeros(wanted: readonly ZerosOf[]): Values {
  return Object.fromEntries(
    wanted.map(({ name, dtype, shape }) => {
      const size = shape.reduce((product, dim) => product * dim, 1);
      return [
        name,
        { dtype, shape, data: dtype === "int32" ? new Int32Array(size) : new Float32Array(size) },
      ];
    }),
  );
}
