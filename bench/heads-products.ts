import { nowMs } from "../src/base/clock.js";
import { seededRandom } from "../src/base/random.js";
import { type Tensor, gather, input, loop, matmul, reshape, toOnnx } from "../src/graph/index.js";
import type { Runtime } from "../src/runtime/runtime.js";
import { type Clock, type OpenedSteps, batchRows, count, normals } from "./step-ours.js";
import type { StepShape } from "./step-shape.js";

/**
 * Opens the matrix products of a training step and nothing else, looped like the step: no biases, ReLUs, losses, transposed
 * copies or optimiser. Of every product the step has, forward and backward, this does the same amount in its most favourable
 * shape: the first layers of all heads as one product `[R, H] × [H, T·K]` (backward `[H, R] × [R, T·K]` and
 * `[R, T·K] × [T·K, H]`), their second layers as T products of `[R, K] × [K, 1]` in one node. Operands that would need
 * transposing are taken as they lie in memory, reshaped, since only the time counts. The inputs' own gradient is left out, as
 * in the step; so are the few products of the task vectors, which the step does have.
 */
export async function openProducts(
  runtime: Runtime,
  shape: StepShape,
  clock: Clock = nowMs,
): Promise<OpenedSteps> {
  const { inputs, trunk, tasks, head, batch } = shape;
  const widths = [inputs, ...trunk];
  const last = widths.at(-1)!;
  const sizes = [
    ...trunk.map((width, i): [number, number] => [widths[i]!, width]),
    [last, tasks * head] as const,
    [tasks, head, 1] as const,
  ];
  const encoded = input("encoded", "float32", ["rows", inputs]);
  const batches = input("batches", "int32", ["steps", batch]);
  const steps = input("steps", "int64", []);
  const weights = sizes.map((size, i) => input(`weight.${i}`, "float32", size));
  const found = sizes.map((size, i) => input(`gradient.${i}`, "float32", size)); // carried, so that every product is needed
  const { carried } = loop({
    trips: steps,
    carried: found,
    body: (step) => ({ carried: products(gather(encoded, gather(batches, step, 0), 0), weights, shape) }),
  });
  const outputs = Object.fromEntries(carried.map((gradient, i) => [`gradient.${i}.next`, gradient]));
  const session = await runtime.open(
    toOnnx({ name: "products", inputs: [encoded, batches, steps, ...weights, ...found], outputs }),
  );
  const random = seededRandom(0, "products");
  await session.hold({
    encoded: normals(random, [shape.rows, inputs]),
    ...Object.fromEntries(
      sizes.flatMap((size, i) => [
        [`weight.${i}`, normals(random, size, 1 / Math.sqrt(size.at(-2)!))],
        [`gradient.${i}`, normals(random, size)],
      ]),
    ),
  });
  const carry = Object.fromEntries(sizes.map((_, i) => [`gradient.${i}.next`, `gradient.${i}`]));
  const run = async (trips: number): Promise<number> => {
    const feeds = { batches: batchRows(random, trips, shape), steps: count(trips) };
    const before = clock();
    await session.run(feeds, { outputs: [], carry });
    return (clock() - before) / trips;
  };
  return { run, close: () => session.close() };
}

/** The gradients of all weights for rows `x` `[R, D]`. */
function products(x: Tensor, weights: readonly Tensor[], { trunk, tasks, head, batch }: StepShape): Tensor[] {
  const shared = weights.slice(0, trunk.length + 1); // the trunk's and the heads' first, side by side
  const second = weights.at(-1)!; // [T, K, 1]
  const layers = [x];
  for (const weight of shared) layers.push(matmul(layers.at(-1)!, weight));
  const hidden = reshape(layers.pop()!, [tasks, batch, head]); // [T, R, K]
  const output = matmul(hidden, second); // [T, R, 1], also taken for its own gradient
  const ofSecond = matmul(reshape(hidden, [tasks, head, batch]), output); // [T, K, 1]
  let flow = reshape(matmul(output, reshape(second, [tasks, 1, head])), [batch, tasks * head]); // [R, T·K]
  const gradients = [ofSecond];
  for (let i = shared.length - 1; i >= 0; i--) {
    const [rows, columns] = shared[i]!.shape as [number, number];
    gradients.unshift(matmul(reshape(layers[i]!, [rows, batch]), flow));
    if (i > 0) flow = matmul(flow, reshape(shared[i]!, [columns, rows]));
  }
  return gradients;
}
