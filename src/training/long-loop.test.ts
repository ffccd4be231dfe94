import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { type TensorValue, evaluate } from "../graph/index.js";
import { runOnnx } from "../graph/checks.contract.js";
import { taskGroups } from "../model/groups.js";
import { type Layout, initialParameters, parameterCount, parameterView } from "../model/layout.js";
import { servedParameters } from "../model/own-heads.js";
import type { ModelSpec } from "../model/spec.js";
import type { Task } from "../tasks/task-kind.js";
import { PLAIN } from "../../test/fixtures/plain-model.js";
import { BALANCERS } from "./balancers/index.js";
import { type LongLoopOptions, longLoop } from "./long-loop.js";
import { groupVectors } from "./parameter-groups.js";
import { OPTIMIZERS } from "./optimizers/index.js";
import { stepScalars, trainOnnx } from "./step-loop.js";
import { trainGraph } from "./train-graph.js";

const ROWS = 40;
const RATE = 0.05;
type DType = "float32" | "float64";

const binary = (name: string): Task => ({
  name,
  coding: { kind: "binary", classes: ["n", "y"], classType: "string", priors: [0.4, 0.6], labelled: 9 },
});
const specOf = (tasks: number, extra: Partial<ModelSpec> = {}): ModelSpec => ({
  inputs: 3,
  trunk: [5, 4],
  tasks: Array.from({ length: tasks }, (_, t) => binary(`school ${t}`)),
  links: [],
  ...PLAIN,
  embedding: 0,
  head: 3,
  ...extra,
});
const optionsOf = (extra: Partial<LongLoopOptions> = {}): LongLoopOptions => ({
  optimizer: OPTIMIZERS.adamw,
  batch: 12,
  clip: 0.7,
  weightDecay: 0.1,
  tasksPerWindow: 4,
  stepsPerWindow: 3,
  ...extra,
});

const floats = (data: ArrayLike<number>, shape: readonly number[], dtype: DType): TensorValue => ({
  dtype,
  shape,
  data: dtype === "float64" ? Float64Array.from(data) : Float32Array.from(data),
});
const int32 = (data: readonly number[], shape: readonly number[]): TensorValue => ({
  dtype: "int32",
  shape,
  data: Int32Array.from(data),
});
const int64 = (x: number): TensorValue => ({ dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(x)) });

/** Rows, each of the task that is its number modulo the tasks. */
function tablesOf(spec: ModelSpec, dtype: DType) {
  const random = seededRandom(3, "long");
  const encoded = Array.from({ length: ROWS * spec.inputs }, () => random.normal());
  const targets = Array.from({ length: ROWS }, () => Number(random.uniform() < 0.5));
  const mask = Array.from({ length: ROWS }, (_, row) => Number(row % 13 !== 12));
  return {
    encoded: floats(encoded, [ROWS, spec.inputs], dtype),
    targets: floats(targets, [ROWS, 1], dtype),
    mask: floats(mask, [ROWS, 1], dtype),
  };
}

/** Batches of `windows`: for each of K tasks rows of its own, one task after another. */
function batchesOf(tasks: readonly (readonly number[])[], options: LongLoopOptions, all: number): number[] {
  const random = seededRandom(4, "batches");
  return tasks.flatMap((window) =>
    Array.from({ length: options.stepsPerWindow }, () =>
      window.flatMap((task) =>
        Array.from(
          { length: options.batch / window.length },
          () => task + all * random.integer(Math.floor((ROWS - 1 - task) / all) + 1),
        ),
      ),
    ).flat(),
  );
}

interface Feeds {
  readonly tables: ReturnType<typeof tablesOf>;
  readonly tasks: readonly (readonly number[])[];
  readonly batches: readonly number[];
}

function longFeeds(
  spec: ModelSpec,
  options: LongLoopOptions,
  { tables, tasks, batches }: Feeds,
  dtype: DType,
) {
  const graph = longLoop(spec, { ...options, dtype });
  const [P, h, K] = [parameterCount(graph.shared), parameterCount(graph.head), options.tasksPerWindow];
  const random = seededRandom(5, "start");
  const shared = initialParameters(graph.shared, random);
  const heads = Float32Array.from(
    spec.tasks.flatMap((_, t) => [...initialParameters(graph.head, random.fork(String(t)))]),
  );
  const steps = tasks.length * options.stepsPerWindow;
  const schedule = Array.from({ length: steps }, (_, i) => stepScalars(options, i + 1, RATE)).flat();
  const strengths = (layout: Layout): number[] => [
    ...(groupVectors(layout, options.weightDecay).decay ?? []),
  ];
  const headDecay = Array.from({ length: K }, () => strengths(graph.head)).flat();
  return {
    graph,
    shared,
    heads,
    feeds: {
      ...tables,
      tasks: int32(tasks.flat(), [tasks.length, K]),
      batches: int32(batches, [tasks.length, options.stepsPerWindow, options.batch]),
      schedule: floats(schedule, [tasks.length, options.stepsPerWindow, graph.scalars], dtype),
      windows: int64(tasks.length),
      decay: floats([...strengths(graph.shared), ...headDecay], [P + K * h], dtype),
      ...Object.fromEntries(
        graph.carried.flatMap((name) => [
          [`${name}.shared`, floats(name === "parameters" ? shared : new Float32Array(P), [P], dtype)],
          [
            `${name}.heads`,
            floats(
              name === "parameters" ? heads : new Float32Array(heads.length),
              [spec.tasks.length, h],
              dtype,
            ),
          ],
        ]),
      ),
    },
  };
}

describe("the long layout", () => {
  it.each([
    ["one member, few tasks", specOf(4)],
    ["members", specOf(4, { members: 2 })],
    ["linear heads", specOf(4, { head: 0 })],
    ["more tasks than a chunk holds", specOf(11, { trunk: [5, 16] })],
    ["members and more tasks than a chunk holds", specOf(11, { trunk: [5, 16], members: 2 })],
  ])("takes the steps of the wide one when all tasks are in the window: %s", (_, spec) => {
    const tasks = spec.tasks.length;
    const options = optionsOf({ tasksPerWindow: tasks, batch: 3 * tasks });
    const all = spec.tasks.map((__, t) => (t * 3 + 1) % tasks); // in another order than the group's
    const windows = [all, all];
    const given: Feeds = {
      tables: tablesOf(spec, "float64"),
      tasks: windows,
      batches: batchesOf(windows, options, tasks),
    };
    const long = longFeeds(spec, options, given, "float64");
    const found = evaluate(long.graph.outputs, long.feeds);
    const [group] = taskGroups(spec);

    const wide = trainGraph(spec, {
      ...options,
      balancer: BALANCERS.equal,
      dropout: 0,
      dtype: "float64",
    });
    const spread = (source: TensorValue): number[] =>
      Array.from({ length: ROWS * tasks }, (__, i) =>
        i % tasks === Math.floor(i / tasks) % tasks ? Number(source.data[Math.floor(i / tasks)]!) : 0,
      );
    const start = servedParameters(spec, group!, wide.layout, long.shared, long.heads);
    const P = start.length;
    const steps = windows.length * options.stepsPerWindow;
    const expected = evaluate(wide.outputs, {
      encoded: given.tables.encoded,
      targets: floats(spread(given.tables.targets), [ROWS, tasks], "float64"),
      mask: floats(spread(given.tables.mask), [ROWS, tasks], "float64"),
      batches: int32(given.batches, [steps, options.batch]),
      schedule: floats(
        Array.from({ length: steps }, (__, i) => stepScalars(options, i + 1, RATE)).flat(),
        [steps, wide.scalars],
        "float64",
      ),
      steps: int64(steps),
      decay: floats(groupVectors(wide.layout, options.weightDecay).decay!, [P], "float64"),
      ...Object.fromEntries(
        wide.carried.map((name) => [
          name,
          floats(name === "parameters" ? start : new Float32Array(P), [P], "float64"),
        ]),
      ),
    });
    const after = servedParameters(
      spec,
      group!,
      wide.layout,
      Float32Array.from(found["parameters.shared.next"]!.data as Float64Array),
      Float32Array.from(found["parameters.heads.next"]!.data as Float64Array),
    );
    const served = expected["parameters.next"]!.data as Float64Array;
    for (const { name } of wide.layout) {
      const [a, b] = [
        parameterView(wide.layout, after, name),
        parameterView(wide.layout, Float32Array.from(served), name),
      ];
      a.forEach((x, i) => expect(Math.abs(x - b[i]!), `${name} ${i}`).toBeLessThan(2e-6));
    }
    const losses = found["losses"]!.data as Float64Array; // [S, W, K], in the order of the window
    const wideLosses = expected["losses"]!.data as Float64Array; // [S, T]
    losses.forEach((x, i) => {
      const [step, place] = [Math.floor(i / tasks), i % tasks];
      expect(x).toBeCloseTo(wideLosses[step * tasks + all[place]!]!, 9);
    });
  });

  it("leaves the heads of other tasks as they were, and is the same in ONNX Runtime", async () => {
    const spec = specOf(7);
    const options = optionsOf();
    const windows = [
      [5, 0, 2, 3],
      [2, 6, 5, 0],
    ];
    const batches = batchesOf(windows, options, 7);
    const given = (dtype: DType): Feeds => ({ tables: tablesOf(spec, dtype), tasks: windows, batches });
    const exact = longFeeds(spec, options, given("float64"), "float64");
    const single = longFeeds(spec, options, given("float32"), "float32");
    const found = evaluate(exact.graph.outputs, exact.feeds);
    const ort = await runOnnx(trainOnnx(single.graph), single.feeds);
    const heads = ort["parameters.heads.next"]!.data as Float32Array;
    const width = heads.length / 7;
    const rowsOf = (data: Float32Array, t: number): number[] => [
      ...data.subarray(t * width, (t + 1) * width),
    ];
    for (const t of [1, 4]) expect(rowsOf(heads, t)).toEqual(rowsOf(single.heads, t));
    for (const t of [0, 2, 3, 5, 6]) expect(rowsOf(heads, t)).not.toEqual(rowsOf(single.heads, t));
    for (const name of ["parameters.heads.next", "parameters.shared.next", "losses"]) {
      const [a, b] = [ort[name]!.data as Float32Array, found[name]!.data as Float64Array];
      a.forEach((x, i) => expect(Math.abs(x - b[i]!), `${name} ${i}`).toBeLessThan(1e-4)); // Adam's quotients amplify rounding
    }
  });

  it("refuses what it cannot hold in one line", () => {
    expect(() => longLoop(specOf(3), optionsOf())).toThrow(
      /tasks per window must be a divisor of the batch of 12 rows, at most the 3 tasks, got 4/,
    );
    expect(() => longLoop(specOf(8), optionsOf({ tasksPerWindow: 5 }))).toThrow(/got 5/);
    expect(() => longLoop(specOf(4, { embedding: 2 }), optionsOf())).toThrow(
      /without links and task vectors/,
    );
  });
});
