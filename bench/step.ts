import { nodeRuntime } from "../src/runtime/node.js";
import type { Bench } from "./bench.js";
import { inTurns } from "./in-turns.js";
import { openSteps } from "./step-ours.js";
import { StepPeer } from "./step-peer.js";
import type { StepShape } from "./step-shape.js";

const ROUNDS = 9; // medians of nine: one disturbed round in four does not move them

/**
 * Milliseconds per training step (batch, forward, losses, backward, Adam; float32, one thread), ours in a looped ONNX
 * graph, the peer in PyTorch. Both are warmed up, then measured in turns.
 */
export function stepBench(shape: StepShape): Bench {
  return async (name) => {
    const peer = await StepPeer.start(shape);
    const runtime = await nodeRuntime({ workers: 1 });
    try {
      const { run } = await openSteps(runtime, shape);
      const sides = [() => run(shape.steps), () => peer.measure(shape.steps)];
      const [ours, theirs] = (await inTurns(sides, ROUNDS)) as [number, number];
      const against = `ONNX Runtime ${runtime.version} ${runtime.kind} against PyTorch ${peer.version}, one thread each`;
      return { name, ours, peer: theirs, unit: "ms/step", ratio: theirs / ours, against };
    } finally {
      peer.close();
      await runtime.close();
    }
  };
}
