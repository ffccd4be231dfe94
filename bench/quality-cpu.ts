import { nodeRuntime } from "../src/runtime/node.js";
import { fit } from "../src/training/fit.js";
import { kindOf } from "../src/tasks/index.js";
import { type Bench, type BenchPart, PeerMissing } from "./bench.js";
import { inTurns } from "./in-turns.js";
import { preparedSet } from "./quality-run.js";
import { readPeers, readSet } from "./quality-sets.js";
import { type PeerScript, StepPeer } from "./step-peer.js";

/** Sets of 229 to 13,211 training rows, each with the epochs of one training: about what the default takes. */
const SETS: Readonly<Record<string, number>> = {
  mulan_jura: 40,
  german_credit: 40,
  student_performance: 60,
  ames_housing: 8,
  bike_sharing: 8,
  california_housing: 6,
};
const ROUNDS = 3;

/**
 * Processor time of a whole training of the default beside the same network, batch and number of epochs in PyTorch, one thread
 * each, in turns: from the encoded rows to the best parameters, with tracing and opening of sessions on our side. The line
 * is the set where we do worst.
 */
export const qualityCpu: Bench = async (name) => {
  const peers = await readPeers();
  const wanted = process.env["KINDRED_BENCH_SETS"]?.split(",") ?? Object.keys(SETS);
  const unknown = wanted.find((set) => !(set in SETS));
  if (unknown !== undefined)
    throw new PeerMissing(`there is no set ${unknown}; there are ${Object.keys(SETS).join(", ")}`);
  const [parts, notes]: [BenchPart[], string[]] = [[], []];
  const runtime = await nodeRuntime({ workers: 1 });
  let version = "";
  try {
    for (const which of wanted) {
      const epochs = SETS[which]!;
      const { spec, data, options } = await preparedSet(await readSet(which, peers, 0), 0, {}, runtime);
      const { inputs, trunk, head, members, adapter, tasks } = spec;
      const rows = data.split.train.length;
      const shape = { inputs, trunk, head, tasks: tasks.length, batch: options.batch, rows, steps: epochs };
      const outputs = tasks
        .map(({ coding }) => (coding.kind === "binary" ? 2 : kindOf(coding).outputWidth(coding)))
        .join(",");
      const script: PeerScript = {
        script: "quality.py",
        library: "PyTorch",
        install: "torch",
        options: { members, adapter, outputs, validation: data.split.validation.length },
      };
      const peer = await StepPeer.start(shape, script);
      version = peer.version;
      try {
        const exactly = { ...options, epochs, patience: epochs, refit: false };
        const ours = async (): Promise<number> => {
          const before = process.cpuUsage();
          await fit(spec, data, exactly, runtime);
          const { user, system } = process.cpuUsage(before);
          return (user + system) / 1e6;
        };
        const theirs = async (): Promise<number> => ((await peer.measureProcessor(epochs)) * epochs) / 1000;
        const [own, other] = (await inTurns([ours, theirs], ROUNDS)) as [number, number];
        parts.push({ name: which, ours: own, peer: other, ratio: other / own });
        notes.push(
          `${which}: ${rows} training rows, ${inputs} encoded inputs, ${members} members, batch ${options.batch}, ${epochs} epochs`,
        );
      } finally {
        peer.close();
      }
    }
  } finally {
    await runtime.close();
  }
  const worst = parts.reduce((a, b) => (b.ratio < a.ratio ? b : a));
  const against = `processor time of a training of the default, PyTorch ${version} with the same network; the worst set`;
  return { ...worst, name, unit: "s", against, parts, notes };
};
