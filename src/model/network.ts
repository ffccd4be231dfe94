import {
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
} from "../graph/index.js";
import { taskDescriptors } from "../relations/task-vectors.js";
import { DESCRIPTOR_WIDTH } from "../tasks/task-kind.js";
import type { GroupOutput } from "./group-output.js";
import { type TaskGroup, groupOrder, taskGroups } from "./groups.js";
import { heads } from "./heads.js";
import type { ModelSpec } from "./spec.js";

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
  const gains = spec.embedding > 0 ? layer("tasks", () => taskGains(spec, groups, parameters)) : undefined;
  const done: GroupOutput[] = [];
  for (const group of groups) {
    const traced = layer(`heads.${group.name}`, () =>
      heads({ spec, group, shared, gains, parameters, done }),
    );
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
  return { groups: done, shared: spec.members > 1 ? shared : reshape(shared, [1, ...shared.shape]) };
}

/** Traces the shared layers: `[R, D]` to the last one, `[R, H]` of one member, else `[M, R, H]`. See `network`. */
export function trunk(
  spec: ModelSpec,
  encoded: Tensor,
  parameters: Readonly<Record<string, Tensor>>,
  dropout: Dropout = (x) => x,
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
  return h;
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

/** Rows in another order, by one operation however many there are. */
function rowsOf(x: Tensor, rows: readonly number[]): Tensor {
  if (rows.every((row, i) => row === i)) return x;
  return gather(x, constant({ dtype: "int32", shape: [rows.length], data: Int32Array.from(rows) }), 0);
}
