import {
  type Tensor,
  add,
  concat,
  constant,
  gather,
  layer,
  matmul,
  reshape,
  scalar,
} from "../graph/index.js";
import { taskDescriptors } from "../relations/task-vectors.js";
import { DESCRIPTOR_WIDTH } from "../tasks/task-kind.js";
import { type GroupOutput, taskOutput } from "./group-output.js";
import { type TaskGroup, groupOrder, taskGroups } from "./groups.js";
import { heads, jointHeads } from "./heads.js";
import { withPeriodic } from "./periodic-numbers.js";
import { architectureOf, sharingShape } from "./sharing-of.js";
import type {
  CouplingInputs,
  Dropout,
  Gate,
  SharingArchitecture,
  SharingShape,
  SharingStep,
} from "./sharing/architecture.js";
import type { ModelSpec } from "./spec.js";

/** A forward pass traced into a graph. */
export interface Network {
  readonly groups: readonly GroupOutput[];
  /** The last shared layer `[M, R, H]`; absent where tasks have features of their own. */
  readonly shared?: Tensor;
  /** What the sharing architecture adds to the objective, a scalar. */
  readonly penalty?: Tensor;
  /** What it mixes with (see `Features`). */
  readonly gates: Readonly<Record<string, Gate>>;
}

/** What a forward pass is traced with while training; nothing when predicting. */
export interface TrainingTrace {
  readonly dropout?: Dropout;
  /** For an architecture that asks for noise. */
  readonly step?: SharingStep;
}

/**
 * Traces what tasks share, as the model's architecture has it, and the batched heads.
 *
 * What heads read is modulated per task, h_t = h ∘ (1 + v_t A), by the task vector v_t = [descriptor; embedding]; since heads
 * are linear in h_t the gains are folded into the heads' first weights, which costs nothing per row. A parent's prediction,
 * without gradient, enters the first layer of its child's head. Where the model has periodic numbers, their features are inputs
 * like the others.
 *
 * @param encoded encoded inputs `[R, D]`; R may be symbolic.
 * @param parameters named tensors as split by `unflatten`.
 * Departures: feature-wise modulation has gains only.
 * @see Perez et al. 2018, "FiLM", eq. 2; `sharing/hard.ts` for the trunk that all tasks share.
 */
export function network(
  spec: ModelSpec,
  encoded: Tensor,
  parameters: Readonly<Record<string, Tensor>>,
  { dropout = (x) => x, step }: TrainingTrace = {},
): Network {
  const groups = taskGroups(spec);
  const shape = sharingShape(spec, groups);
  const architecture = architectureOf(spec);
  const vectors = spec.embedding > 0 ? taskVectorRows(spec, groups, parameters) : undefined;
  const features = architecture.features({
    shape,
    encoded: withPeriodic(spec.numbers, encoded, parameters),
    parameters,
    dropout,
    ...(vectors && { vectors }),
    ...(step && { step }),
  });
  const gains = vectors && layer("tasks", () => taskGains(vectors, parameters));
  const done: GroupOutput[] = [];
  const contexts = groups.map((group) => ({ spec, group, features, gains, parameters, done }));
  const joint = layer("heads", () => jointHeads(contexts));
  for (const [i, group] of groups.entries()) {
    const traced = layer(`heads.${group.name}`, () => heads({ ...contexts[i]!, joint: joint?.[i] }));
    const prefix = `heads.${group.name}.`;
    const own = Object.keys(
      group.kind.parameters?.({
        members: 1,
        tasks: 1,
        inputs: 1,
        coding: spec.tasks[group.tasks[0]!]!.coding,
      }) ?? {},
    );
    done.push({
      group,
      ...traced,
      parameters: Object.fromEntries(own.map((key) => [key, parameters[prefix + key]!])),
    });
  }
  const coupled = architecture.couple && coupledGroups(architecture, shape, done, { features, parameters });
  const penalties = [features.penalty, coupled?.penalty].filter((one) => one !== undefined);
  const { shared } = features;
  return {
    groups: coupled?.groups ?? done,
    ...(shared && { shared: spec.members > 1 ? shared : reshape(shared, [1, ...shared.shape]) }),
    ...(penalties.length > 0 && { penalty: penalties.reduce((sum, one) => add(sum, one)) }),
    gates: features.gates ?? {},
  };
}

/** The groups with their outputs as the architecture joins them. */
function coupledGroups(
  architecture: SharingArchitecture,
  shape: SharingShape,
  groups: readonly GroupOutput[],
  inputs: Omit<CouplingInputs, "signal">,
): { groups: GroupOutput[]; penalty: Tensor | undefined } {
  const each = groups.flatMap((source) =>
    source.group.tasks.map((_, i) => ({ ...taskOutput(source, i), kind: source.group.kind })),
  );
  const signal = (task: number, output: Tensor): Tensor =>
    each[task]!.kind.signal(output, each[task]!.parameters);
  const { outputs, predicted, penalty } = layer("coupling", () =>
    architecture.couple!(
      shape,
      each.map(({ output }) => output),
      { ...inputs, signal },
    ),
  );
  const stacked = (all: readonly Tensor[], source: GroupOutput): Tensor => {
    const { maskOffset, tasks } = source.group;
    const own = all.slice(maskOffset, maskOffset + tasks.length);
    const parts = own.map((x) => reshape(x, [x.shape[0]!, x.shape[1]!, 1, x.shape[2]!]));
    return parts.length === 1 ? parts[0]! : concat(parts, 2);
  };
  const joined = groups.map((source) => ({
    ...source,
    output: stacked(outputs, source),
    ...(predicted && { predicted: stacked(predicted, source) }),
  }));
  return { groups: joined, penalty };
}

/** Task vectors v_t = [descriptor; embedding], `[T, V]`, in the order of the groups. */
function taskVectorRows(
  spec: ModelSpec,
  groups: readonly TaskGroup[],
  parameters: Readonly<Record<string, Tensor>>,
): Tensor {
  const order = groupOrder(groups);
  const embedding = rowsOf(parameters["tasks.embedding"]!, order);
  const { dtype } = embedding;
  const values = taskDescriptors(order.map((t) => spec.tasks[t]!));
  const data = dtype === "float64" ? values : Float32Array.from(values);
  const descriptors = constant({ dtype, shape: [spec.tasks.length, DESCRIPTOR_WIDTH], data });
  return concat([descriptors, embedding], 1);
}

/** 1 + v_t A for every task, `[T, H]`, in the order of the groups. */
function taskGains(vectors: Tensor, parameters: Readonly<Record<string, Tensor>>): Tensor {
  return add(matmul(vectors, parameters["tasks.gain"]!), scalar(1, vectors.dtype));
}

/** Rows in another order, by one operation however many there are. */
function rowsOf(x: Tensor, rows: readonly number[]): Tensor {
  if (rows.every((row, i) => row === i)) return x;
  return gather(x, constant({ dtype: "int32", shape: [rows.length], data: Int32Array.from(rows) }), 0);
}
