import { nodeRuntime } from "../src/runtime/node.js";
import type { Bench, BenchPart } from "./bench.js";
import { openProducts } from "./heads-products.js";
import { smallWith } from "./heads-shapes.js";
import { inTurns } from "./in-turns.js";
import { openSteps, processorMs } from "./step-ours.js";

const ROUNDS = 7; // medians of seven: one disturbed round in three does not move them
const TASKS = [1, 8, 64, 139, 1000];

/**
 * What a training step with many heads costs over its matrix products: the small model, every row labelled for every task,
 * with 1, 8, 64, 139 and 1000 heads. `ours` is the step, `peer` its matrix products run bare (see `openProducts`) in the
 * same runtime and thread, in turns with it, both in processor time, which other programs hardly disturb. So `peer / ours`
 * is the share of the step that the products take, at best 1. Wanted is `ours / peer` of at most 2.5, that is a ratio of at
 * least 0.4, for every number of heads: the result is the worst of them.
 */
export const headsLimit: Bench = async (name) => {
  const runtime = await nodeRuntime({ workers: 1 });
  try {
    const parts: BenchPart[] = [];
    for (const tasks of TASKS) {
      const shape = smallWith(tasks);
      const step = await openSteps(runtime, shape, { clock: processorMs });
      const products = await openProducts(runtime, shape, processorMs);
      const sides = [() => step.run(shape.steps), () => products.run(shape.steps)];
      const [ours, peer] = (await inTurns(sides, ROUNDS)) as [number, number];
      parts.push({ name: `${tasks} tasks`, ours, peer, ratio: peer / ours });
      await step.close();
      await products.close();
    }
    const worst = parts.toSorted((a, b) => a.ratio - b.ratio)[0]!;
    const against = `the worst of ${TASKS.join(", ")} heads against its matrix products alone, ONNX Runtime ${runtime.version} ${runtime.kind}, one thread, processor time`;
    return { ...worst, name, unit: "ms/step", against, parts };
  } finally {
    await runtime.close();
  }
};
