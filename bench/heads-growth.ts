import { nowMs } from "../src/base/clock.js";
import { seededRandom } from "../src/base/random.js";
import { initialParameters, parameterCount } from "../src/model/layout.js";
import { nodeRuntime } from "../src/runtime/node.js";
import type { Runtime } from "../src/runtime/runtime.js";
import { type LongLoopOptions, longLoop } from "../src/training/long-loop.js";
import { OPTIMIZERS } from "../src/training/optimizers/index.js";
import { stepScalars, trainOnnx } from "../src/training/step-loop.js";
import type { Bench, BenchPart } from "./bench.js";
import { smallWith } from "./heads-shapes.js";
import { inTurns } from "./in-turns.js";
import { type OpenedSteps, count, float32, normals, specOf } from "./step-ours.js";

const ROUNDS = 9; // medians of nine: one disturbed round in four does not move them
const TASKS = [1, 8, 64, 139, 1000];
const WINDOW = { tasks: 8, steps: 8 }; // each of 8 tasks gives 8 rows to each of 8 steps before others have their turn
const WINDOWS = 100;

/**
 * What more tasks cost in the long layout, in which a row belongs to one task and only its own head is evaluated: the small
 * model, batches of 64 rows, of one task or of 8 that change every 8 steps. `ours` is a step with 139 tasks, `peer` our own
 * with one task; wanted is `ours / peer` below 3.
 */
export const headsGrowth: Bench = async (name) => {
  const runtime = await nodeRuntime({ workers: 1 });
  try {
    const opened = await Promise.all(TASKS.map((tasks) => openLong(runtime, tasks)));
    const times = await inTurns(
      opened.map(
        ({ run }) =>
          () =>
            run(WINDOWS * WINDOW.steps),
      ),
      ROUNDS,
    );
    const one = times[0]!;
    const parts = TASKS.map((tasks, i): BenchPart => ({
      name: `${name} ${tasks}`,
      ours: times[i]!,
      peer: one,
      ratio: one / times[i]!,
    }));
    const against = `139 tasks against one, a row belonging to one task, ONNX Runtime ${runtime.version} ${runtime.kind}, one thread`;
    return { ...parts[TASKS.indexOf(139)]!, name, unit: "ms/step", against, parts };
  } finally {
    await runtime.close();
  }
};

/** Opens our looped graph of the long layout; steps come in whole windows. */
async function openLong(runtime: Runtime, tasks: number): Promise<OpenedSteps> {
  const shape = smallWith(tasks);
  const spec = specOf(shape);
  const options: LongLoopOptions = {
    optimizer: OPTIMIZERS.adam,
    batch: shape.batch,
    clip: 0,
    weightDecay: 0,
    tasksPerWindow: Math.min(WINDOW.tasks, tasks),
    stepsPerWindow: WINDOW.steps,
  };
  const graph = longLoop(spec, options);
  const session = await runtime.open(trainOnnx(graph));
  const random = seededRandom(0, "bench");
  const [P, h, K] = [parameterCount(graph.shared), parameterCount(graph.head), options.tasksPerWindow];
  const start = {
    shared: initialParameters(graph.shared, random),
    heads: Float32Array.from(
      spec.tasks.flatMap((_, t) => [...initialParameters(graph.head, random.fork(`${t}`))]),
    ),
  };
  await session.hold({
    encoded: normals(random, [shape.rows, shape.inputs]),
    targets: normals(random, [shape.rows, 1]),
    mask: float32(new Float32Array(shape.rows).fill(1), [shape.rows, 1]),
    decay: float32(new Float32Array(P + K * h), [P + K * h]),
    ...Object.fromEntries(
      graph.carried.flatMap((name) => [
        [`${name}.shared`, float32(name === "parameters" ? start.shared : new Float32Array(P), [P])],
        [
          `${name}.heads`,
          float32(name === "parameters" ? start.heads : new Float32Array(tasks * h), [tasks, h]),
        ],
      ]),
    ),
  });
  const names = graph.carried.flatMap((name) => [`${name}.shared`, `${name}.heads`]);
  const carry = Object.fromEntries(names.map((name) => [`${name}.next`, name]));
  let taken = 0;
  const run = async (steps: number): Promise<number> => {
    const windows = steps / WINDOW.steps;
    const places = Array.from({ length: windows }, () =>
      [...random.shuffle(Int32Array.from({ length: tasks }, (_, t) => t))].slice(0, K),
    ).flat();
    const schedule = Array.from({ length: steps }, (_, i) =>
      stepScalars(options, taken + i + 1, 1e-3),
    ).flat();
    const rows = Int32Array.from({ length: steps * shape.batch }, () => random.integer(shape.rows));
    taken += steps;
    const feeds = {
      tasks: { dtype: "int32", shape: [windows, K], data: Int32Array.from(places) },
      batches: { dtype: "int32", shape: [windows, WINDOW.steps, shape.batch], data: rows },
      schedule: float32(Float32Array.from(schedule), [windows, WINDOW.steps, graph.scalars]),
      windows: count(windows),
    } as const;
    const before = nowMs();
    const { losses } = await session.run(feeds, { outputs: ["losses"], carry });
    const spent = nowMs() - before;
    if ((losses!.data as Float32Array).some(Number.isNaN)) throw new Error("a loss is not a number");
    return spent / steps;
  };
  return { run, close: () => session.close() };
}
