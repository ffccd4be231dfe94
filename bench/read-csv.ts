import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Bench, type BenchPart, PeerMissing } from "./bench.js";
import { median } from "./in-turns.js";
import { csvTable, type CsvPass } from "./read-csv-table.js";

const run = promisify(execFile);
const ROWS = 1_000_000;
const ROUNDS = 3;

/**
 * Seconds of the processor from a CSV file of 1 million rows and 30 columns to a typed table, ours (types decided and
 * columns summarised) against pandas and polars reading the file, each in a process of its own, in turns. Starting the
 * process is not counted.
 */
export const readCsv: Bench = async (name) => {
  const file = await csvTable(ROWS);
  const passes: Record<"ours" | "pandas" | "polars", CsvPass[]> = { ours: [], pandas: [], polars: [] };
  for (let round = 0; round < ROUNDS; round++) {
    passes.ours.push(await oursOnce(file));
    passes.pandas.push(await peerOnce("pandas", file));
    passes.polars.push(await peerOnce("polars", file));
  }
  for (const { rows } of Object.values(passes).flat())
    if (rows !== ROWS) throw new Error(`${rows} of ${ROWS} rows came`);
  const middle = (who: keyof typeof passes, of: (pass: CsvPass) => number): number =>
    median(passes[who].map(of));
  const ours = middle("ours", ({ processorSeconds }) => processorSeconds);
  const parts = (["pandas", "polars"] as const).map((who): BenchPart => {
    const peer = middle(who, ({ processorSeconds }) => processorSeconds);
    return { name: who, ours, peer, ratio: peer / ours };
  });
  const notes = (["ours", "pandas", "polars"] as const).map((who) => {
    const clock = middle(who, ({ seconds }) => seconds).toFixed(2);
    const processor = middle(who, ({ processorSeconds }) => processorSeconds).toFixed(2);
    const peak = (middle(who, ({ peakBytes }) => peakBytes) / 2 ** 20).toFixed(0);
    return `${who}: ${clock} s by the clock, ${processor} s of processor time, peak ${peak} MiB`;
  });
  const versions = [passes.pandas, passes.polars].map(([pass]) => pass!.versions).join(" and ");
  return {
    ...parts[0]!,
    name,
    unit: "s",
    against: `reading and inspecting against ${versions} reading, processor time`,
    parts,
    notes,
  };
};

async function oursOnce(file: string): Promise<CsvPass> {
  const script = fileURLToPath(new URL("read-csv-ours.ts", import.meta.url));
  const { stdout } = await run(process.execPath, ["--import", "tsx", script, file]);
  return JSON.parse(stdout) as CsvPass;
}

async function peerOnce(library: string, file: string): Promise<CsvPass> {
  const python = process.env["KINDRED_BENCH_PYTHON"] ?? "python3";
  const script = fileURLToPath(new URL("peers/read-csv.py", import.meta.url));
  const install = `make a venv, run "pip install ${library}" in it and set KINDRED_BENCH_PYTHON to its python.`;
  const missing = (what: string): PeerMissing =>
    new PeerMissing(`the peer is ${library}: ${what}; ${install}`);
  const found = await run(python, [script, library, file]).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") throw missing(`there is no ${python}`);
    throw cause;
  });
  const pass = JSON.parse(found.stdout) as CsvPass | { missing: string };
  if ("missing" in pass) throw missing(pass.missing);
  return pass;
}
