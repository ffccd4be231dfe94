import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { seededRandom } from "../src/base/random.js";
import type { GramianStep } from "../src/training/balancer.js";
import { GRAMIAN_BALANCERS } from "../src/training/balancers/index.js";
import { type Bench, type BenchPart, PeerMissing } from "./bench.js";
import { median } from "./in-turns.js";

const run = promisify(execFile);
const ROUNDS = 3;
const LEAST = 200; // milliseconds of calls, after some that are not counted
const DRAWS = 4;
const SIZES = [8, 139] as const;

type Times = Readonly<Record<string, Readonly<Record<string, number>>>>; // ms per call, by tasks and method

/**
 * What weighing tasks by their Gramian costs, for each method, with 8 and 139 tasks: processor time of one call, beside
 * TorchJD's with its default options where it has the method. Its line is the smallest ratio; methods without a peer are told.
 */
export const gramianWeights: Bench = async (name) => {
  const gramians = new Map(SIZES.map((K) => [K, Array.from({ length: DRAWS }, (_, i) => drawGramian(K, i))]));
  const folder = await mkdtemp(join(tmpdir(), "kindred-bench-"));
  try {
    const file = join(folder, "gramians.json");
    const rowsOf = (all: readonly Float64Array[], K: number): number[][][] =>
      all.map((A) => Array.from({ length: K }, (_, i) => [...A.subarray(i * K, (i + 1) * K)]));
    const plain = Object.fromEntries([...gramians].map(([K, all]) => [K, rowsOf(all, K)]));
    await writeFile(file, JSON.stringify(plain));
    const ours: Times[] = [];
    const peers: Times[] = [];
    let versions = "";
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(oursOnce(gramians));
      const peer = await peerOnce(file);
      peers.push(peer.ms);
      versions = peer.versions;
    }
    const middle = (times: readonly Times[], K: number, slug: string): number =>
      median(times.map((one) => one[K]![slug]!));
    const parts = SIZES.flatMap((K) =>
      Object.keys(peers[0]![K]!).map((slug): BenchPart => {
        const [own, peer] = [middle(ours, K, slug), middle(peers, K, slug)];
        return { name: `${slug}, ${K} tasks`, ours: own, peer, ratio: peer / own };
      }),
    );
    const alone = Object.keys(GRAMIAN_BALANCERS).filter((slug) => !(slug in peers[0]![SIZES[0]]!));
    const notes = alone.map(
      (slug) =>
        `${slug} alone: ${SIZES.map((K) => `${middle(ours, K, slug).toFixed(4)} ms with ${K} tasks`).join(", ")}`,
    );
    const worst = parts.reduce((a, b) => (b.ratio < a.ratio ? b : a));
    const against = `one call, the worst of all (${worst.name}), against ${versions}, processor time`;
    return { ...worst, name, unit: "ms", against, parts, notes };
  } finally {
    await rm(folder, { recursive: true });
  }
};

function oursOnce(gramians: ReadonlyMap<number, readonly Float64Array[]>): Times {
  const times: Record<string, Record<string, number>> = {};
  for (const [K, all] of gramians)
    for (const balancer of Object.values(GRAMIAN_BALANCERS)) {
      const options = Object.fromEntries(
        Object.entries(balancer.options).map(([key, option]) => [key, option.default]),
      );
      const random = seededRandom(1);
      const step: Omit<GramianStep, "gramian" | "cross"> = {
        losses: new Float64Array(K).fill(1),
        weights: new Float64Array(K).fill(1),
        tasks: Int32Array.from({ length: K }, (_, k) => k),
        step: 1,
        epoch: 1,
        options,
        random,
        state: balancer.state(K),
      };
      const call = (i: number): unknown => {
        const gramian = all[i % all.length]!;
        return balancer.weights({ ...step, gramian, cross: gramian });
      };
      for (let i = 0; i < (K > 100 ? 5 : 500); i++) call(i);
      let calls = 0;
      const start = process.cpuUsage();
      const spent = (): number => {
        const { user, system } = process.cpuUsage(start);
        return (user + system) / 1e3;
      };
      while (spent() < LEAST) call(calls++);
      (times[K] ??= {})[balancer.slug] = spent() / calls;
    }
  return times;
}

async function peerOnce(file: string): Promise<{ readonly versions: string; readonly ms: Times }> {
  const python = process.env["KINDRED_BENCH_PYTHON"] ?? "python3";
  const script = fileURLToPath(new URL("peers/gramian-weights.py", import.meta.url));
  const missing = (what: string): PeerMissing =>
    new PeerMissing(
      `the peer is TorchJD: ${what}; make a venv, run "pip install torchjd[cagrad,fairgrad,quadprog_projector]" in it and set KINDRED_BENCH_PYTHON to its python.`,
    );
  const found = await run(python, [script, file]).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") throw missing(`there is no ${python}`);
    throw cause;
  });
  const answer = JSON.parse(found.stdout) as { versions: string; ms: Times } | { missing: string };
  if ("missing" in answer) throw missing(answer.missing);
  return answer;
}

/** The Gramian of K gradients with 3K entries, a part of them common, so that some agree and some conflict. */
function drawGramian(K: number, draw: number): Float64Array {
  const random = seededRandom(draw, `gramian-weights/${K}`);
  const common = Array.from({ length: 3 * K }, () => random.normal());
  const rows = Array.from({ length: K }, () => {
    const agree = random.uniform() - 0.5;
    return common.map((entry) => random.normal() + agree * entry);
  });
  return Float64Array.from(rows.flatMap((a) => rows.map((b) => a.reduce((sum, x, i) => sum + x * b[i]!, 0))));
}
