import { nodeRuntime } from "../src/runtime/node.js";
import type { Bench, BenchPart } from "./bench.js";
import { inTurns } from "./in-turns.js";
import { openSteps } from "./step-ours.js";
import { LIBMTL, PYTORCH, type PeerScript, StepPeer } from "./step-peer.js";
import type { StepShape } from "./step-shape.js";

const ROUNDS = 7; // medians of seven: one disturbed round in three does not move them
const PEERS: Readonly<Record<string, PeerScript>> = {
  "PyTorch, a pass per task": { ...PYTORCH, options: { taskGradients: true } },
  "LibMTL, MGDA": { ...LIBMTL, options: { weighting: "MGDA" } },
};

/**
 * What every task's gradient with respect to the trunk costs: a whole step with the Jacobian and its Gramian (`ours`) beside
 * the plain step (`peer`) in the same runtime and thread. Wanted is `ours / peer` of at most 1.8 at the small size and 2.8 at
 * the mid size. Beside it, as parts, the same step in PyTorch with a backward pass per task, and LibMTL's own loop with a
 * method that needs them (MGDA).
 */
export function jacobianBench(shape: StepShape): Bench {
  return async (name) => {
    const runtime = await nodeRuntime({ workers: 1 });
    try {
      const plain = await openSteps(runtime, shape);
      const jacobian = await openSteps(runtime, shape, { gramian: true });
      const steps = Math.ceil(shape.steps / 2);
      const sides = [() => jacobian.run(steps), () => plain.run(steps)];
      const [ours, peer] = (await inTurns(sides, ROUNDS)) as [number, number];
      await plain.close();
      const parts: BenchPart[] = [];
      for (const [label, script] of Object.entries(PEERS)) {
        const other = await StepPeer.start(shape, script);
        const few = Math.max(5, Math.ceil(steps / 10));
        const [a, b] = (await inTurns([() => jacobian.run(steps), () => other.measure(few)], ROUNDS)) as [
          number,
          number,
        ];
        other.close();
        parts.push({ name: `${name} against ${label}`, ours: a, peer: b, ratio: b / a });
      }
      const against = `a step with Jacobian and Gramian of ${shape.tasks} tasks against the plain step, ONNX Runtime ${runtime.version} ${runtime.kind}, one thread`;
      return { name, ours, peer, unit: "ms/step", ratio: peer / ours, against, parts };
    } finally {
      await runtime.close();
    }
  };
}
