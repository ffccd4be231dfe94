import {
  type Dim,
  type Tensor,
  add,
  concat,
  constant,
  gather,
  layer,
  matmul,
  mul,
  relu,
  reshape,
  scalar,
  slice,
  split,
  stopGradient,
  transpose,
} from "../graph/index.js";
import type { Link } from "../relations/links.js";
import { taskDescriptors } from "../relations/task-vectors.js";
import { DESCRIPTOR_WIDTH } from "../tasks/task-kind.js";
import { type TaskGroup, groupOrder, taskGroups } from "./groups.js";
import { linkName } from "./layout.js";
import type { ModelSpec } from "./spec.js";

/** What the forward pass gives for one group of tasks. */
export interface GroupOutput {
  readonly group: TaskGroup;
  /** Head outputs `[M, R, G, W]`. */
  readonly output: Tensor;
  /** The kind's own parameters by their short names. */
  readonly parameters: Readonly<Record<string, Tensor>>;
}

/** A forward pass traced into a graph. */
export interface Network {
  readonly groups: readonly GroupOutput[];
  /** The last shared layer `[M, R, H]`. */
  readonly shared: Tensor;
}

/** Applied to the output of each trunk layer while training; absent when predicting. */
export type Dropout = (x: Tensor, layerIndex: number) => Tensor;

/**
 * Traces the shared trunk and the batched heads.
 *
 * Trunk, per layer and member m: h ← ReLU(((h ∘ r_m) W) ∘ s_m + b_m), W shared by all members (M = 1: plain ReLU(hW + b)).
 * The last shared layer is modulated per task, h_t = h ∘ (1 + v_t A), by the task vector v_t = [descriptor; embedding];
 * since heads are linear in h_t the gains are folded into the heads' first weights, which costs nothing per row. A parent's
 * prediction, without gradient, enters the first layer of its child's head.
 *
 * @param encoded encoded inputs `[R, D]`; R may be symbolic.
 * @param parameters named tensors as split by `unflatten`.
 * Departures: TabM draws member biases at random, here they start at zero; feature-wise modulation has gains only.
 * @see Wen, Tran & Ba 2020, "BatchEnsemble", eq. 2; Gorishniy et al. 2025, "TabM", sec. 3.3; Perez et al. 2018, "FiLM",
 * eq. 2.
 */
export function network(
  spec: ModelSpec,
  encoded: Tensor,
  parameters: Readonly<Record<string, Tensor>>,
  dropout: Dropout = (x) => x,
): Network {
  const shared = trunk(spec, encoded, parameters, dropout);
  const groups = taskGroups(spec);
  const gains = layer("tasks", () => taskGains(spec, groups, parameters));
  const done: GroupOutput[] = [];
  for (const group of groups) {
    const output = layer(`heads.${group.name}`, () => head(spec, group, shared, gains, parameters, done));
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
      output,
      parameters: Object.fromEntries(own.map((key) => [key, parameters[prefix + key]!])),
    });
  }
  return { groups: done, shared };
}

function trunk(
  spec: ModelSpec,
  encoded: Tensor,
  parameters: Readonly<Record<string, Tensor>>,
  dropout: Dropout,
): Tensor {
  let h = encoded; // [R, D], from the first adapter on [M, R, H]
  spec.trunk.forEach((_, i) => {
    h = layer(`trunk.${i}`, () => {
      const of = (key: string): Tensor | undefined => parameters[`trunk.${i}.${key}`];
      const inputScale = of("input-scale");
      const outputScale = of("output-scale");
      if (inputScale) h = mul(h, inputScale); // [M, R, D]
      let z = matmul(h, of("weight")!);
      if (outputScale) z = mul(z, outputScale);
      return dropout(relu(add(z, of("bias")!)), i);
    });
  });
  if (spec.members > 1) return h;
  return reshape(h, [1, ...h.shape]);
}

/** 1 + v_t A for every task, `[T, H]`, in the order of the groups. */
function taskGains(
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
  const vectors = concat([descriptors, embedding], 1); // [T, V]
  return add(matmul(vectors, parameters["tasks.gain"]!), scalar(1, dtype));
}

function head(
  spec: ModelSpec,
  group: TaskGroup,
  shared: Tensor,
  gains: Tensor,
  parameters: Readonly<Record<string, Tensor>>,
  done: readonly GroupOutput[],
): Tensor {
  const [M, G, H] = [spec.members, group.tasks.length, spec.trunk.at(-1)!];
  const rows = shared.shape[1]!;
  const of = (key: string): Tensor => parameters[`heads.${group.name}.${key}`]!;
  const first = spec.head > 0 ? spec.head : group.width;

  const own = G === spec.tasks.length ? gains : slice(gains, [group.maskOffset], [group.maskOffset + G], [0]); // [G, H]
  const gain = reshape(transpose(own, [1, 0]), [1, H, G, 1]);
  const weight = reshape(mul(reshape(of("weight"), [M, H, G, first]), gain), [M, H, G * first]);
  let z = add(matmul(shared, weight), of("bias")); // [M, R, G * first]
  z = withParents(spec, group, z, first, parameters, done);
  if (spec.head === 0) return reshape(z, [M, rows, G, group.width]);

  const hidden = transpose(reshape(relu(z), [M, rows, G, first]), [0, 2, 1, 3]); // [M, G, R, first]
  const out = add(matmul(hidden, of("output.weight")), of("output.bias")); // [M, G, R, W]
  return transpose(out, [0, 2, 1, 3]);
}

/** Adds each parent's prediction, through the link's matrix, to its child's part of `z` `[M, R, G·first]`. */
function withParents(
  spec: ModelSpec,
  group: TaskGroup,
  z: Tensor,
  first: number,
  parameters: Readonly<Record<string, Tensor>>,
  done: readonly GroupOutput[],
): Tensor {
  const links = group.tasks.map((t) =>
    spec.links.filter((link) => link.kind === "parent-child" && link.to === spec.tasks[t]!.name),
  );
  if (links.every((list) => list.length === 0)) return z;
  const parts =
    group.tasks.length === 1
      ? [z]
      : split(
          z,
          group.tasks.map(() => first),
          2,
        );
  const fed = parts.map((part, g) =>
    links[g]!.reduce(
      (sum, link) => add(sum, matmul(parentSignal(spec, link, done), parameters[linkName(link)]!)),
      part,
    ),
  );
  return fed.length === 1 ? fed[0]! : concat(fed, 2);
}

function parentSignal(spec: ModelSpec, link: Link, done: readonly GroupOutput[]): Tensor {
  const parent = spec.tasks.findIndex((task) => task.name === link.from);
  const source = done.find(({ group }) => group.tasks.includes(parent))!;
  const { output, parameters } = taskOutput(source, source.group.tasks.indexOf(parent));
  return stopGradient(source.group.kind.signal(output, parameters)); // the child may read the parent, not bend it
}

/** One task's part of a group: outputs `[M, R, W]` and the kind's parameters `[M, …]`. */
export function taskOutput(
  source: GroupOutput,
  position: number,
): { output: Tensor; parameters: Record<string, Tensor> } {
  const pick = (x: Tensor, axis: number): Tensor => {
    const shape: Dim[] = x.shape.filter((_, i) => i !== axis);
    const part = source.group.tasks.length === 1 ? x : slice(x, [position], [position + 1], [axis]);
    return reshape(part, shape);
  };
  return {
    output: pick(source.output, 2),
    parameters: Object.fromEntries(
      Object.entries(source.parameters).map(([key, value]) => [key, pick(value, 1)]),
    ),
  };
}

/** Rows in another order, by one operation however many there are. */
function rowsOf(x: Tensor, rows: readonly number[]): Tensor {
  if (rows.every((row, i) => row === i)) return x;
  return gather(x, constant({ dtype: "int32", shape: [rows.length], data: Int32Array.from(rows) }), 0);
}
