import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Bench, type BenchPart, PeerMissing } from "./bench.js";
import { median } from "./in-turns.js";
import type { StreamPass } from "./stream-ours.js";
import { STREAM_ROWS, streamTable } from "./stream-table.js";

const run = promisify(execFile);
const BATCH = 1024;
const SMALLER = [100_000, 1_000_000]; // rows
const ROUNDS = 3;

/** How a peer's loader gathers a batch: as a whole, or row by row as a plain `DataLoader` does. */
type Loader = "batches" | "rows";

/**
 * Seconds from a Parquet file on disk to the end of one pass over all its rows in shuffled batches of 1024, ours against a
 * library and a PyTorch `DataLoader`, each in a process of its own, in turns; the peers with two threads, ours with as many as it takes. Counted are opening, reading,
 * turning 50 columns into float32 with the rows side by side, shuffling and handing out batches; not starting the process.
 */
export function streamBench(library: "pandas" | "polars"): Bench {
  return async (name) => {
    const parts: BenchPart[] = [];
    for (const rows of SMALLER) parts.push((await compare(library, rows, "batches", `${rows} rows`)).part);
    parts.push((await compare(library, SMALLER[0]!, "rows", `${SMALLER[0]} rows, one by one`, 1)).part);
    const { part, ours, theirs } = await compare(library, STREAM_ROWS, "batches", name);
    const side = (who: string, passes: readonly StreamPass[]): string => {
      const middle = (of: (pass: StreamPass) => number): number => median(passes.map(of));
      const rate = STREAM_ROWS / middle(({ seconds }) => seconds) / 1e6;
      const processor = middle(({ processorSeconds }) => processorSeconds);
      const peak = middle(({ peakBytes }) => peakBytes) / 2 ** 20;
      return `${who}: ${rate.toFixed(2)} million rows/s, ${processor.toFixed(1)} s of processor time, peak ${peak.toFixed(0)} MiB`;
    };
    return {
      ...part,
      unit: "s",
      against: `streamed windows against ${theirs[0]!.versions} (DataLoader of whole batches, two threads)`,
      parts,
      notes: [side("ours", ours), side(library, theirs)],
    };
  };
}

async function compare(
  library: string,
  rows: number,
  loader: Loader,
  name: string,
  rounds = ROUNDS,
): Promise<{ part: BenchPart; ours: StreamPass[]; theirs: StreamPass[] }> {
  const file = await streamTable(rows);
  const ours: StreamPass[] = [];
  const theirs: StreamPass[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await oursOnce(file));
    theirs.push(await peerOnce(library, file, loader));
  }
  for (const pass of [...ours, ...theirs])
    if (pass.rows !== rows) throw new Error(`${pass.rows} of ${rows} rows came`);
  const [we, they] = [ours, theirs].map((passes) => median(passes.map(({ seconds }) => seconds))) as [
    number,
    number,
  ];
  return { part: { name, ours: we, peer: they, ratio: they / we }, ours, theirs };
}

async function oursOnce(file: string): Promise<StreamPass> {
  const script = fileURLToPath(new URL("stream-ours.ts", import.meta.url));
  const { stdout } = await run(process.execPath, ["--import", "tsx", script, file, String(BATCH)]);
  return JSON.parse(stdout) as StreamPass;
}

async function peerOnce(library: string, file: string, loader: Loader): Promise<StreamPass> {
  const python = process.env["KINDRED_BENCH_PYTHON"] ?? "python3";
  const script = fileURLToPath(new URL("peers/stream.py", import.meta.url));
  const install = `make a venv, run "pip install torch ${library} pyarrow" in it and set KINDRED_BENCH_PYTHON to its python.`;
  const missing = (what: string): PeerMissing =>
    new PeerMissing(`the peer is ${library} with PyTorch: ${what}; ${install}`);
  // idle threads of PyTorch rest: spinning, as is their default, took three times as long on two shared cores
  const env = { ...process.env, OMP_WAIT_POLICY: "PASSIVE" };
  const found = await run(python, [script, library, file, String(BATCH), loader], { env }).catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT") throw missing(`there is no ${python}`);
      throw cause;
    },
  );
  const pass = JSON.parse(found.stdout) as StreamPass | { missing: string };
  if ("missing" in pass) throw missing(pass.missing);
  return pass;
}
