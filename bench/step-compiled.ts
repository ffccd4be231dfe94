import { nodeRuntime } from "../src/runtime/node.js";
import type { Bench, BenchPart } from "./bench.js";
import { inTurns } from "./in-turns.js";
import { BIG } from "./step-big.js";
import { MID } from "./step-mid.js";
import { openSteps } from "./step-ours.js";
import { PYTORCH_COMPILED, StepPeer } from "./step-peer.js";
import { SMALL } from "./step-small.js";

const ROUNDS = 7; // medians of seven: one disturbed round in three does not move them

/**
 * The small, mid and big training steps against PyTorch with forward pass, losses and backward pass compiled by
 * `torch.compile` (which needs a C++ compiler) and fused Adam, one thread each. The result is the worst of the three; the time
 * that compiling takes, some ten seconds a model, is not counted.
 */
export const stepCompiled: Bench = async (name) => {
  const runtime = await nodeRuntime({ workers: 1 });
  try {
    const parts: BenchPart[] = [];
    let version = "";
    for (const [size, shape] of Object.entries({ small: SMALL, mid: MID, big: BIG })) {
      const peer = await StepPeer.start(shape, PYTORCH_COMPILED);
      version = peer.version;
      const step = await openSteps(runtime, shape);
      const sides = [() => step.run(shape.steps), () => peer.measure(shape.steps)];
      const [ours, theirs] = (await inTurns(sides, ROUNDS)) as [number, number];
      parts.push({ name: `${name} ${size}`, ours, peer: theirs, ratio: theirs / ours });
      peer.close();
      await step.close();
    }
    const worst = parts.toSorted((a, b) => a.ratio - b.ratio)[0]!;
    const against = `the worst of three sizes, ONNX Runtime ${runtime.version} ${runtime.kind} against PyTorch ${version} compiled, one thread each`;
    return { ...worst, name, unit: "ms/step", against, parts };
  } finally {
    await runtime.close();
  }
};
