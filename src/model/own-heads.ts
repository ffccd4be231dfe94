import { type Tensor, add, layer, matmul, relu, reshape, transpose } from "../graph/index.js";
import type { TaskGroup } from "./groups.js";
import { headChunks } from "./head-chunks.js";
import { type Layout, modelLayout, parameterView } from "./layout.js";
import { type Parameter, inTrunk, sizeOf } from "./parameter.js";
import { withPeriodic } from "./periodic-numbers.js";
import { trunk } from "./sharing/hard.js";
import type { ModelSpec } from "./spec.js";

/**
 * The parameters of one task's own head, in the order in which they stand in a row of a table of heads: first weights
 * `[M, H, first]` and biases, and with a hidden layer the weights and biases after it.
 */
export function ownHeadLayout(spec: ModelSpec, group: TaskGroup): Parameter[] {
  const [M, H, W] = [spec.members, spec.trunk.at(-1)!, group.width];
  const first = spec.head > 0 ? spec.head : W;
  const weight = (name: string, shape: readonly number[], init: Parameter["init"]): Parameter => ({
    name,
    shape,
    init,
    decay: true,
  });
  const bias = (name: string, shape: readonly number[]): Parameter => ({
    name,
    shape,
    init: "zeros",
    decay: false,
  });
  return [
    weight("weight", [M, H, first], spec.head > 0 ? "he-normal" : "glorot-uniform"),
    bias("bias", [M, 1, first]),
    ...(spec.head > 0
      ? [weight("output.weight", [M, first, W], "glorot-uniform"), bias("output.bias", [M, 1, W])]
      : []),
  ];
}

/** The shared parameters of a model whose tasks each have a head of their own: the trunk's. */
export const sharedLayout = (spec: ModelSpec): Layout =>
  modelLayout(spec).filter(({ name }) => inTrunk(name));

/**
 * Heads on the rows of their own task alone: K tasks with r rows each, one after another.
 *
 * @param encoded `[K·r, D]`, the rows of a task together.
 * @param shared parameters of the trunk by name.
 * @param own parameters of the K heads by the names of `ownHeadLayout`, each `[K, …shape]`.
 * @returns outputs `[M, r, K, W]`, as losses read them.
 */
export function ownHeads(
  spec: ModelSpec,
  group: TaskGroup,
  encoded: Tensor,
  shared: Readonly<Record<string, Tensor>>,
  own: Readonly<Record<string, Tensor>>,
): Tensor {
  const [M, K, H] = [spec.members, own["weight"]!.shape[0] as number, spec.trunk.at(-1)!];
  const rows = (encoded.shape[0] as number) / K; // K divides the batch
  const h = reshape(trunk(spec, withPeriodic(spec.numbers, encoded, shared), shared), [M, K, rows, H]);
  return layer(`heads.${group.name}`, () => {
    const byMember = (name: string): Tensor => {
      const x = own[name]!; // [K, M, …]
      return M === 1 ? reshape(x, [1, K, ...x.shape.slice(2)]) : transpose(x, [1, 0, 2, 3]);
    };
    const z = add(matmul(h, byMember("weight")), byMember("bias")); // [M, K, rows, first]
    const out =
      spec.head === 0 ? z : add(matmul(relu(z), byMember("output.weight")), byMember("output.bias"));
    return transpose(out, [0, 2, 1, 3]); // [M, rows, K, W]
  });
}

/**
 * The flat parameters `[P]` of the model as it is served, from the trunk's `[P₀]` and the table of heads `[T, h]`.
 *
 * @param heads row-major, tasks in the order of the group.
 */
export function servedParameters(
  spec: ModelSpec,
  group: TaskGroup,
  layout: Layout,
  shared: Float32Array,
  heads: Float32Array,
): Float32Array {
  const flat = new Float32Array(layout.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  const trunkLayout = sharedLayout(spec);
  for (const { name } of trunkLayout)
    parameterView(layout, flat, name).set(parameterView(trunkLayout, shared, name));
  const { count, size } = headChunks(spec, group);
  const own = ownHeadLayout(spec, group);
  const width = own.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  group.tasks.forEach((_, place) => {
    const row = heads.subarray(place * width, (place + 1) * width);
    for (const { name, shape } of own) {
      const [M, lines, columns] = shape as readonly [number, number, number]; // heads' tensors have three axes
      const target = parameterView(layout, flat, `heads.${group.name}.${name}`);
      const source = parameterView(own, row, name);
      const stacked = name.startsWith("output.");
      for (let m = 0; m < M; m++)
        for (let line = 0; line < lines; line++) {
          const from = source.subarray((m * lines + line) * columns, (m * lines + line + 1) * columns);
          const chunk = m * count + Math.floor(place / size);
          const at = stacked
            ? ((m * count * size + place) * lines + line) * columns
            : (chunk * lines + line) * size * columns + (place % size) * columns;
          target.set(from, at);
        }
    }
  });
  return flat;
}
