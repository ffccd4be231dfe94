import { nodeRuntime } from "../src/runtime/node.js";
import type { Bench, BenchPart } from "./bench.js";
import { smallWith } from "./heads-shapes.js";
import { inTurns } from "./in-turns.js";
import { openSteps, processorMs } from "./step-ours.js";
import { LIBMTL, StepPeer } from "./step-peer.js";

const ROUNDS = 7; // medians of seven: one disturbed round in three does not move them
const PEER_STEPS = 1000; // divided by the tasks: about a second for each measurement

/** Numbers of tasks, and how LibMTL's loader makes a batch; the last is the result. */
const CASES = [
  { tasks: 8, rowByRow: false },
  { tasks: 8, rowByRow: true },
  { tasks: 139, rowByRow: false },
  { tasks: 139, rowByRow: true },
] as const;

/**
 * Processor time of a training step against LibMTL's own loop: the small model with 8 and with 139 heads, hard sharing, equal
 * weighting, Adam, one thread each. LibMTL is fed in two ways: by a `DataLoader` as its examples have it, which takes rows one
 * by one and collates them label by label, and by one that gathers whole batches, which flatters it. The result is 139 heads
 * with the usual loader; see bench/peers/libmtl.py for what stands around LibMTL.
 */
export const headsLibmtl: Bench = async (name) => {
  const runtime = await nodeRuntime({ workers: 1 });
  try {
    const parts: BenchPart[] = [];
    let version = "";
    for (const { tasks, rowByRow } of CASES) {
      const shape = smallWith(tasks);
      const peer = await StepPeer.start(shape, { ...LIBMTL, options: { rowByRow } });
      version = peer.version;
      const step = await openSteps(runtime, shape, { clock: processorMs });
      const peerSteps = Math.ceil(PEER_STEPS / tasks);
      const sides = [() => step.run(shape.steps), () => peer.measureProcessor(peerSteps)];
      const [ours, theirs] = (await inTurns(sides, ROUNDS)) as [number, number];
      parts.push({
        name: `${tasks} tasks, ${rowByRow ? "its loader" : "whole batches"}`,
        ours,
        peer: theirs,
        ratio: theirs / ours,
      });
      peer.close();
      await step.close();
    }
    const against = `processor time, ONNX Runtime ${runtime.version} ${runtime.kind} against LibMTL ${version}, one thread each`;
    return { ...parts.at(-1)!, name, unit: "ms/step", against, parts };
  } finally {
    await runtime.close();
  }
};
