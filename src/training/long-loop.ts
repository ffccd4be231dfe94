import {
  type Tensor,
  concat,
  gather,
  input,
  layer,
  loop,
  reduceSum,
  reshape,
  scalar,
  scatterRows,
  slice,
  split,
  transpose,
} from "../graph/index.js";
import { taskGroups } from "../model/groups.js";
import { type Layout, parameterCount, unflatten } from "../model/layout.js";
import { type Parameter, sizeOf } from "../model/parameter.js";
import { ownHeadLayout, ownHeads, sharedLayout } from "../model/own-heads.js";
import type { ModelSpec } from "../model/spec.js";
import { ConfigError } from "../base/errors.js";
import { type Objective, type StepOptions, stepRule, stepScalars, updated } from "./step-loop.js";

/** How steps over rows of one task each are made. */
export interface LongLoopOptions extends Omit<StepOptions, "parameterGroups"> {
  /** Tasks K whose rows make the batches of a window, a divisor of the batch. */
  readonly tasksPerWindow: number;
  /** Steps W taken with the same tasks before others have their turn. */
  readonly stepsPerWindow: number;
}

/** A looped training graph of the long layout and what its inputs are called. */
export interface LongLoop {
  readonly inputs: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** The trunk's parameters `[P₀]`, and those of one head as they stand in a row of the tables `[T, h]`. */
  readonly shared: Layout;
  readonly head: Layout;
  /** What is carried, as `<name>.shared` and `<name>.heads`: parameters, the optimiser's state, their average. */
  readonly carried: readonly string[];
  readonly scalars: number;
}

/**
 * Traces training steps of the long layout, in which a row belongs to one task, as a loop over windows: each takes the heads
 * of K tasks out of the tables, makes W steps on rows of these tasks, and puts them back.
 *
 * A batch holds B/K rows of each of the K tasks, one task after another; only a row's own head is evaluated, so a step costs
 * the same however many tasks there are. Heads of other tasks, and their optimiser's state, stay as they are meanwhile.
 *
 * Inputs: `encoded [N, D]`, `targets [N, V]`, `mask [N, 1]` (0 for rows that fill a batch up), `tasks [S, K]` places of the
 * tasks of each of S windows in the group, all different in a window, `batches [S, W, B]`, `schedule [S, W, K₂]`, `decay
 * [P₀ + K·h]` the strength of weight decay, `windows` (S), and for each carried name `<name>.shared [P₀]` and `<name>.heads [T, h]`. Outputs: these as
 * `<name>.next`, and `losses [S, W, K]`.
 *
 * @param spec tasks of one kind and width, without task vectors, links or parameters of the kind's own.
 * @throws {ConfigError} if the spec is another, or K does not divide the batch or exceeds the tasks.
 * Departures: momentum of a head rests while its task is not in the window, as in PyTorch's `SparseAdam`, instead of moving
 * it on.
 */
export function longLoop(spec: ModelSpec, options: LongLoopOptions): LongLoop {
  const group = soleGroup(spec);
  const dtype = options.dtype ?? "float32";
  const { batch, tasksPerWindow: K, stepsPerWindow: W } = options;
  refuseWindow(spec.tasks.length, options);
  const shared = sharedLayout(spec);
  const head = ownHeadLayout(spec, group);
  const [sharedSize, headSize] = [parameterCount(shared), parameterCount(head)];
  const layout = windowLayout(shared, head, K);
  const names = ["parameters", ...stepRule(options).state];
  const count = stepScalars(options, 1, 1).length;

  const tables = {
    encoded: input("encoded", dtype, ["rows", spec.inputs]),
    targets: input("targets", dtype, ["rows", group.targetWidth]),
    mask: input("mask", dtype, ["rows", 1]),
  };
  const tasks = input("tasks", "int32", ["windows", K]);
  const batches = input("batches", "int32", ["windows", W, batch]);
  const schedule = input("schedule", dtype, ["windows", W, count]);
  const windows = input("windows", "int64", []);
  const decay = input("decay", dtype, [sharedSize + K * headSize]);
  const carried = names.flatMap((name) => [
    input(`${name}.shared`, dtype, [sharedSize]),
    input(`${name}.heads`, dtype, [spec.tasks.length, headSize]),
  ]);

  const objective = (parameters: Tensor, rows: Tensor): Objective => {
    const [trunkPart, headPart] = split(parameters, [sharedSize, K * headSize], 0);
    const own = columnsOf(head, reshape(headPart!, [K, headSize]));
    const encoded = gather(tables.encoded, rows, 0);
    const output = ownHeads(spec, group, encoded, unflatten(shared, trunkPart!), own);
    const byRow = (table: Tensor, width: number): Tensor =>
      transpose(reshape(gather(table, rows, 0), [K, batch / K, width]), [1, 0, 2]);
    const losses = layer(`loss.${group.name}`, () =>
      group.kind.loss({
        output,
        target: byRow(tables.targets, group.targetWidth),
        mask: reshape(byRow(tables.mask, 1), [batch / K, K]),
        encoded,
        parameters: {},
      }),
    );
    return { total: reduceSum(losses, [0]), scans: { losses } };
  };

  const result = loop({
    trips: windows,
    carried,
    body: (window, before) => {
      const places = gather(tasks, window, 0); // [K]
      const working = names.map((_, i) =>
        concat([before[2 * i]!, reshape(gather(before[2 * i + 1]!, places, 0), [K * headSize])], 0),
      );
      const [rowsOf, scalarsOf] = [gather(batches, window, 0), gather(schedule, window, 0)];
      const steps = loop({
        trips: scalar(W, "int64"),
        carried: working,
        body: (step, [parameters, ...state]) => {
          const now = gather(scalarsOf, step, 0);
          const scalars = Array.from({ length: count }, (_, k) => reshape(slice(now, [k], [k + 1], [0]), []));
          const next = updated(
            options,
            layout,
            { parameters: parameters!, state, scalars, decay },
            objective(parameters!, gather(rowsOf, step, 0)),
          );
          return { carried: next.carried, scans: [next.scans["losses"]!] };
        },
      });
      const after = steps.carried.flatMap((vector, i) => {
        const [trunkPart, headPart] = split(vector, [sharedSize, K * headSize], 0);
        return [trunkPart!, scatterRows(before[2 * i + 1]!, places, reshape(headPart!, [K, headSize]))];
      });
      return { carried: after, scans: [steps.scans[0]!] };
    },
  });
  return {
    inputs: [...Object.values(tables), tasks, batches, schedule, windows, decay, ...carried],
    outputs: {
      ...Object.fromEntries(
        carried.map(({ node }, i) => [`${String(node.attributes["name"])}.next`, result.carried[i]!]),
      ),
      losses: result.scans[0]!,
    },
    shared,
    head,
    carried: names,
    scalars: count,
  };
}

/** The layout of a window's flat vector: the trunk, then each task's head. */
function windowLayout(shared: Layout, head: Layout, tasks: number): Layout {
  const heads = Array.from({ length: tasks }, (_, k) =>
    head.map((parameter): Parameter => ({ ...parameter, name: `heads.${k}.${parameter.name}` })),
  );
  return [...shared, ...heads.flat()];
}

/** The tensors of a table of heads `[K, h]` by name, each `[K, …shape]`. */
function columnsOf(head: Layout, table: Tensor): Record<string, Tensor> {
  const parts = split(
    table,
    head.map(({ shape }) => sizeOf(shape)),
    1,
  );
  const tasks = table.shape[0]!;
  return Object.fromEntries(head.map(({ name, shape }, i) => [name, reshape(parts[i]!, [tasks, ...shape])]));
}

function soleGroup(spec: ModelSpec): ReturnType<typeof taskGroups>[number] {
  const [group, ...others] = taskGroups(spec);
  const plain = spec.embedding === 0 && spec.links.length === 0;
  if (group && others.length === 0 && plain && !group.kind.parameters) return group;
  throw new ConfigError({
    where: "long layout",
    subject: "the model",
    expected: "supervised tasks of one kind and width, without links and task vectors",
    got: [group, ...others].map((one) => one?.name ?? "no task").join(", "),
  });
}

function refuseWindow(tasks: number, { batch, tasksPerWindow }: LongLoopOptions): void {
  if (tasksPerWindow >= 1 && tasksPerWindow <= tasks && batch % tasksPerWindow === 0) return;
  throw new ConfigError({
    where: "long layout",
    subject: "tasks per window",
    expected: `a divisor of the batch of ${batch} rows, at most the ${tasks} tasks`,
    got: String(tasksPerWindow),
  });
}
