import { type Random, seededRandom } from "../src/base/random.js";
import { nodeRuntime } from "../src/runtime/node.js";
import type { Bench, BenchPart } from "./bench.js";
import { BATCH, type ConvSide, openConv } from "./conv-ours.js";
import { ConvPeer } from "./conv-peer.js";
import { type Scores, scoreOf, scoresInWords } from "./conv-scores.js";
import { type ImageSet, digits8x8, multimnist } from "./conv-sets.js";
import { inTurns } from "./in-turns.js";

const ROUNDS = 9; // medians of nine: one disturbed round in four does not move them
const SEEDS = [0, 1, 2];

/** A set, how long a measurement is, and how long a training. */
interface Case {
  readonly read: () => ImageSet;
  /** Steps in one measurement: about a second. */
  readonly steps: number;
  /** Chosen on the last sixth of the training rows, where losses stopped falling; no test row was looked at. */
  readonly epochs: number;
}

const CASES: readonly Case[] = [
  { read: digits8x8, steps: 400, epochs: 45 },
  { read: multimnist, steps: 30, epochs: 8 },
];

/**
 * Milliseconds per training step of a convolutional multi-task model (batch, forward, losses, backward, Adam; float32, one
 * thread) on two sets of digits, ours in a looped ONNX graph, the peer in PyTorch; the line of the bench is the set where ours
 * does worse. Then both train from the same parameters on the same batches, and their scores on test rows are told.
 */
export const convDigits: Bench = async (name) => {
  const runtime = await nodeRuntime({ workers: 1 });
  const parts: BenchPart[] = [];
  const notes: string[] = [];
  let version = "";
  try {
    for (const one of CASES) {
      const set = one.read();
      const peer = await ConvPeer.open(set);
      version = peer.version;
      try {
        const ours = await openConv(runtime, set);
        parts.push(await stepsOf(set, one.steps, ours, peer));
        notes.push(...scoresInWords(set, await trainingsOf(set, one.epochs, ours, peer), one.epochs));
      } finally {
        await peer.close();
      }
    }
  } finally {
    await runtime.close();
  }
  const worst = parts.reduce((a, b) => (b.ratio < a.ratio ? b : a));
  const against = `ONNX Runtime ${runtime.version} ${runtime.kind} against PyTorch ${version}, one thread each`;
  return { ...worst, name, unit: "ms/step", against, parts, notes };
};

async function stepsOf(set: ImageSet, steps: number, ours: ConvSide, peer: ConvSide): Promise<BenchPart> {
  const random = seededRandom(0, "conv-digits steps");
  const sides = [ours, peer];
  for (const side of sides) await side.start(0);
  const batches = (): Int32Array =>
    Int32Array.from({ length: steps * BATCH }, () => random.integer(set.trained));
  const [a, b] = (await inTurns(
    sides.map((side) => async () => (await side.train(batches())) / steps),
    ROUNDS,
  )) as [number, number]; // one for each side
  return { name: `conv-${set.name}`, ours: a, peer: b, ratio: b / a };
}

/** Scores of both sides for each seed. */
async function trainingsOf(
  set: ImageSet,
  epochs: number,
  ours: ConvSide,
  peer: ConvSide,
): Promise<readonly { readonly ours: Scores; readonly peer: Scores }[]> {
  const found: { ours: Scores; peer: Scores }[] = [];
  for (const seed of SEEDS) {
    const scores = async (side: ConvSide): Promise<Scores> => {
      const random = seededRandom(seed, "conv-digits epochs");
      await side.start(seed);
      for (let epoch = 0; epoch < epochs; epoch++) await side.train(shuffled(set.trained, random));
      return scoreOf(set, await side.predict());
    };
    found.push({ ours: await scores(ours), peer: await scores(peer) });
  }
  return found;
}

/** Whole batches of all training rows in a random order; what is left over waits for another epoch. */
function shuffled(rows: number, random: Random): Int32Array {
  const order = random.shuffle(Int32Array.from({ length: rows }, (_, i) => i));
  return order.slice(0, rows - (rows % BATCH));
}
