import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Bench } from "./bench.js";
import { STREAM_ROWS, streamTable } from "./stream-table.js";

const LIMIT = 2048; // MiB
const EPOCHS = process.env["KINDRED_BENCH_EPOCHS"] ?? "1"; // of 500,000 rows; 13 are a pass over all training rows

/** What the measured process says. */
interface Found {
  readonly peakBytes: number;
  readonly seconds: number;
  readonly steps: number;
  readonly scores: readonly string[];
  readonly texts: readonly string[];
}

/**
 * Peak resident memory of a whole study on 10 million rows of 50 columns: three tasks together and each alone, in a process of
 * its own, threads included; against a limit of 2 GiB.
 */
export const streamMemory: Bench = async (name) => {
  const file = await streamTable(STREAM_ROWS);
  const folder = await mkdtemp(join(tmpdir(), "kindred-bench-"));
  try {
    const script = fileURLToPath(new URL("stream-memory-child.ts", import.meta.url));
    const run = promisify(execFile);
    const child = await run(process.execPath, ["--import", "tsx", script, file, join(folder, "run"), EPOCHS]);
    const { peakBytes, seconds, steps, scores, texts } = JSON.parse(child.stdout) as Found;
    const ours = peakBytes / 2 ** 20;
    return {
      name,
      ours,
      peer: LIMIT,
      unit: "MiB",
      ratio: LIMIT / ours,
      against: "peak resident memory of a study on 10 million rows against a limit of 2 GiB",
      notes: [`shared model: ${steps} steps in ${seconds.toFixed(0)} s; ${scores.join(", ")}`, ...texts],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
