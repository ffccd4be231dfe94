import { nodeRuntime } from "../src/runtime/node.js";
import type { Bench, BenchPart } from "./bench.js";
import { smallWith } from "./heads-shapes.js";
import { inTurns } from "./in-turns.js";
import { openSteps, processorMs } from "./step-ours.js";
import { LIBMTL, StepPeer } from "./step-peer.js";

const ROUNDS = 7; // medians of seven: one disturbed round in three does not move them
const TASKS = [8, 139];
const PEER_STEPS = 1000; // divided by the tasks: about a second for each measurement

/**
 * Processor time of a training step against LibMTL's own loop: the small model with 8 and with 139 heads, hard sharing, equal
 * weighting, Adam, one thread each. The result is that of 139 heads.
 *
 * Departures: LibMTL's batches are gathered whole rather than row by row by a `DataLoader`, which makes it faster (see
 * bench/peers/libmtl.py).
 */
export const headsLibmtl: Bench = async (name) => {
  const runtime = await nodeRuntime({ workers: 1 });
  try {
    const parts: BenchPart[] = [];
    let version = "";
    for (const tasks of TASKS) {
      const shape = smallWith(tasks);
      const peer = await StepPeer.start(shape, LIBMTL);
      version = peer.version;
      const step = await openSteps(runtime, shape, { clock: processorMs });
      const peerSteps = Math.ceil(PEER_STEPS / tasks);
      const sides = [() => step.run(shape.steps), () => peer.measureProcessor(peerSteps)];
      const [ours, theirs] = (await inTurns(sides, ROUNDS)) as [number, number];
      parts.push({ name: `${name} ${tasks}`, ours, peer: theirs, ratio: theirs / ours });
      peer.close();
      await step.close();
    }
    const against = `processor time, ONNX Runtime ${runtime.version} ${runtime.kind} against LibMTL ${version}, one thread each`;
    return { ...parts.at(-1)!, name, unit: "ms/step", against, parts };
  } finally {
    await runtime.close();
  }
};
