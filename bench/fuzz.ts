import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nowMs } from "../src/base/clock.js";
import { type Bench, type BenchPart, PeerMissing } from "./bench.js";
import type { Tally } from "./fuzz/drive.js";
import { type TargetName, SHARES } from "./fuzz/all-targets.js";

const INPUTS = 200_000;
const PIECE = 2500; // inputs of one process, so that what one of them leaks does not add up
const BUSY_MS = 60_000; // of processor time for one batch, or else
const STILL_MS = 600_000; // without a new batch on a machine that may be busy with something else: a process hangs
const OWN = 0.02; // share of the inputs of files that get a database of their own, as in production
const CHILD = fileURLToPath(new URL("./fuzz/child.ts", import.meta.url));

/** A share of one target's inputs, for one process. */
interface Piece {
  readonly target: TargetName;
  readonly seed: number;
  readonly count: number;
  readonly flags: readonly string[];
}

/** What a process found, or how it died. */
type Report = Omit<Tally, "findings"> & {
  readonly findings: readonly { readonly message: string; readonly seed: number; readonly input: string }[];
  readonly died?: string;
};

/**
 * Whether any input makes a reader crash, hang, print a stack or read something else than stands there: inputs made from
 * grammars with faults and by changing bytes of real ones, in two processes beside this one. `ours` is the share that was
 * read right or refused in one line, `peer` the share wanted. Failing inputs are kept, as small as they could be made.
 *
 * KINDRED_FUZZ_INPUTS (200000), KINDRED_FUZZ_SEED (1) and KINDRED_FUZZ_TARGETS (all) change what runs; after
 * KINDRED_FUZZ_MINUTES (no end) no further piece is begun.
 */
export const fuzz: Bench = async (name) => {
  if (process.env["KINDRED_DATA"] === undefined)
    throw new PeerMissing("name the folder of the data sets in KINDRED_DATA");
  const inputs = Number(process.env["KINDRED_FUZZ_INPUTS"] ?? INPUTS);
  const seed = Number(process.env["KINDRED_FUZZ_SEED"] ?? 1);
  const chosen = process.env["KINDRED_FUZZ_TARGETS"]?.split(",");
  const folder = mkdtempSync(join(tmpdir(), "kindred-fuzz-findings-"));
  const waiting = piecesOf(inputs, seed, chosen);
  const reports = new Map<TargetName, Report[]>();
  const began = nowMs();
  const until = began + 60_000 * Number(process.env["KINDRED_FUZZ_MINUTES"] ?? Number.POSITIVE_INFINITY);
  const worker = async (number: number): Promise<void> => {
    for (let piece = waiting.shift(); piece !== undefined && nowMs() < until; piece = waiting.shift()) {
      const report = await runPiece(piece, join(folder, `diary-${number}`));
      reports.set(piece.target, [...(reports.get(piece.target) ?? []), report]);
      keep(report, folder);
    }
  };
  await Promise.all([worker(0), worker(1)]);
  const seconds = Math.round((nowMs() - began) / 1000);
  const parts: BenchPart[] = [];
  const notes: string[] = [];
  let [total, wrong] = [0, 0];
  for (const [target, list] of reports) {
    const sum = (of: (report: Report) => number): number => list.reduce((all, one) => all + of(one), 0);
    const [count, bad] = [sum((one) => one.inputs), sum((one) => one.findings.length + (one.died ? 1 : 0))];
    total += count;
    wrong += bad;
    const right = 1 - bad / Math.max(1, count);
    parts.push({ name: `${name} ${target}`, ours: right, peer: 1, ratio: 1 / right });
    const slowest = Math.max(...list.map((one) => one.slowestMs));
    const rate = Math.round(
      (count * 1000) /
        Math.max(
          1,
          sum((one) => one.ms),
        ),
    );
    notes.push(
      `${target}: ${count} inputs, ${sum((one) => one.read)} read, ${sum((one) => one.refused)} refused, ${bad} findings; ${rate} a second of processor time, slowest ${Math.round(slowest)} ms`,
    );
  }
  notes.push(
    `${total} inputs in ${seconds} s, seed ${seed}; ${wrong} findings${wrong > 0 ? ` in ${folder}` : ""}`,
  );
  const ours = 1 - wrong / Math.max(1, total);
  return {
    name,
    ours,
    peer: 1,
    unit: "share",
    ratio: 1 / ours,
    against: "every input read right or refused in one line",
    parts,
    notes,
  };
};

function piecesOf(inputs: number, seed: number, chosen?: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  for (const [target, share] of Object.entries(SHARES) as [TargetName, number][]) {
    if (chosen && !chosen.includes(target)) continue;
    const total = Math.round(inputs * (chosen ? 1 / chosen.length : share));
    const own = target === "csv" || target === "json" ? Math.round(total * OWN) : 0;
    const rest = total - own;
    for (let from = 0; from < rest; from += PIECE) {
      const count = Math.min(PIECE, rest - from);
      pieces.push({ target, seed: seed * 1_000_000 + from, count, flags: [] });
    }
    if (own > 0) pieces.push({ target, seed: seed * 1_000_000 + 900_000, count: own, flags: ["--own"] });
  }
  return pieces.sort((a, b) => (a.seed % 1_000_000) - (b.seed % 1_000_000)); // targets take turns
}

async function runPiece(piece: Piece, diary: string): Promise<Report> {
  const report = await runChild(piece, diary);
  if (report.died === undefined || piece.flags.includes("--each")) return report;
  const [batch = "", size = ""] = readFileSync(diary, "utf8").trim().split(" ");
  const again = { ...piece, seed: Number(batch), count: Number(size), flags: [...piece.flags, "--each"] };
  rmSync(`${diary}.input`, { force: true });
  const closer = await runChild(again, diary); // once more, input by input, to know which it is
  const isFound = closer.died !== undefined && existsSync(`${diary}.input`); // it may have died before its first input
  const input = isFound ? readFileSync(`${diary}.input`).toString("base64") : "";
  const finding = { message: `${piece.target}: ${report.died}`, seed: Number(batch), input };
  return { ...report, findings: [finding] };
}

/** Runs one process and watches that it goes on. */
function runChild({ target, seed, count, flags }: Piece, diary: string): Promise<Report> {
  writeFileSync(diary, "");
  const child = spawn(
    process.execPath,
    ["--import", "tsx", CHILD, target, String(seed), String(count), diary, ...flags],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let [out, err, page, since, busy, hangs] = ["", "", "", nowMs(), 0, false];
  child.stdout.on("data", (part: Buffer) => (out += part.toString()));
  child.stderr.on("data", (part: Buffer) => (err = (err + part.toString()).slice(-2000)));
  const watch = setInterval(() => {
    const now = readFileSync(diary, "utf8");
    const spent = processorMs(child.pid!);
    if (now !== page) [page, since, busy] = [now, nowMs(), spent];
    hangs = nowMs() - since > STILL_MS || spent - busy > BUSY_MS;
    if (hangs) child.kill("SIGKILL");
  }, 1000);
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      clearInterval(watch);
      if (code === 0) return resolve(JSON.parse(out) as Report);
      const died = hangs ? "hangs" : `the process ended with ${signal ?? code}: ${err}`;
      resolve({ target, inputs: 0, read: 0, refused: 0, ms: 0, slowestMs: 0, findings: [], died });
    });
  });
}

/** Processor time of a running process; 0 where the system does not tell it in /proc. */
function processorMs(pid: number): number {
  try {
    const [, stat = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(/\) (?!.*\) )/s);
    const [user = 0, system = 0] = stat.split(" ").slice(11, 13).map(Number);
    return (user + system) * 10; // of hundredths of a second
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return 0; // it may have ended since
  }
}

function keep({ target, findings, died }: Report, folder: string): void {
  if (died !== undefined && findings.length === 0) console.error(`${target}: ${died}`);
  for (const { seed, message, input } of findings) {
    const path = join(folder, `${target}-${seed}`);
    writeFileSync(path, Buffer.from(input, "base64"));
    writeFileSync(`${path}.txt`, message);
    console.error(`${target}, seed ${seed}: ${message.split("\n")[0]!.slice(0, 300)}\n  kept as ${path}`);
  }
}
