import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { type Bench, type BenchPart, PeerMissing } from "./bench.js";
import { type CardParts, awkwardRows, typeOf } from "./parity-cells.js";
import { changedPredictions } from "./parity-changes.js";
import { PARITY_SETS, type ParitySet, REQUIRED_TYPES } from "./parity-sets.js";
import { rawBytes, suffixOf } from "./parity-tables.js";

const run = promisify(execFile);
const TOLERANCE = 1e-5; // float32 sums in another order
const TRAIN_ROWS = 300;
const REAL_ROWS = 40;
const QUICK = ["--epochs", "2", "--members", "2", "--trunk", "16", "--quiet"];

type Records = Record<string, string>[];

/** What one set showed. */
interface Found {
  readonly worst: number;
  readonly rows: number;
  readonly types: readonly string[];
  /** The largest difference by pair of runtimes and column. */
  readonly lines: readonly string[];
}

/**
 * Whether a model gives the same from the raw file everywhere. For 20 sets and more: trains for two epochs on 300 rows, writes a
 * raw table of real rows and awkward ones, and predicts it with `kindred predict` on onnxruntime-node and on
 * onnxruntime-web. `parity.py` reads the raw table with Python's own readers, makes the tensors from the card inside
 * `model.onnx` and compares Python's onnxruntime with both, and both with each other. Then a copy of the predictions is
 * changed in one place, and `parity.py` has to tell.
 *
 * `ours` is the largest difference, `peer` the tolerance; throws above it, and when a type of input is in no set. Real rows
 * are evenly spread over the file. `KINDRED_PYTHON` names the Python, `KINDRED_PARITY_SETS` some sets.
 */
export const parity: Bench = async (name) => {
  const root = process.env["KINDRED_DATA"] ?? "../shared/data";
  if (!existsSync(root)) throw new PeerMissing(`no data sets in ${root}; name their folder in KINDRED_DATA`);
  const python = process.env["KINDRED_PYTHON"] ?? "python3";
  await run(python, ["-c", "import onnxruntime, numpy"]).catch(() => {
    throw new PeerMissing(
      `${python} has no onnxruntime; pip install onnxruntime numpy, or set KINDRED_PYTHON`,
    );
  });
  const home = await mkdtemp(join(tmpdir(), "kindred-parity-"));
  const chosen = process.env["KINDRED_PARITY_SETS"]?.split(",");
  const parts: BenchPart[] = [];
  const notes: string[] = [];
  const types = new Set<string>();
  let rows = 0;
  for (const [k, set] of (chosen ?? Object.keys(PARITY_SETS)).entries()) {
    const folder = join(home, set);
    await mkdir(folder);
    const how = PARITY_SETS[set] ?? {};
    const found = await oneSet(join(root, set), how, { folder, python, k }).catch(failure);
    parts.push({ name: set, ours: found.worst, peer: TOLERANCE, ratio: TOLERANCE / found.worst });
    console.error(`${set}: largest difference ${found.worst.toExponential(2)} in ${found.rows} rows`);
    if (!(found.worst <= TOLERANCE)) console.error(found.lines.join("\n"));
    for (const type of found.types) types.add(type);
    rows += found.rows;
    notes.push(
      `${set}, ${found.rows} rows; inputs: ${found.types.join("; ")}`,
      ...found.lines.map((line) => `  ${line}`),
    );
  }
  await rm(home, { recursive: true });
  const bad = parts.filter(({ ours }) => !(ours <= TOLERANCE)).map((part) => part.name);
  if (bad.length > 0) throw new Error(`parity: ${bad.join(", ")} differ\n${notes.join("\n")}`);
  const absent = REQUIRED_TYPES.filter((type) => !types.has(type));
  if (chosen === undefined && absent.length > 0)
    throw new Error(`parity: no set has inputs of ${absent.join("; ")}`);
  const worst = Math.max(...parts.map(({ ours }) => ours));
  const against = `largest difference of ${parts.length} sets and ${rows} rows between Node, WebAssembly and Python, the tolerance`;
  const unit = "difference";
  return { name, ours: worst, peer: TOLERANCE, unit, ratio: TOLERANCE / worst, against, parts, notes };
};

const failure = (error: unknown): Found => {
  const { stderr, message } = error as { stderr?: string; message: string };
  return { worst: Infinity, rows: 0, types: [], lines: [stderr?.trim() || message] };
};

async function oneSet(
  source: string,
  how: ParitySet,
  { folder, python, k }: { folder: string; python: string; k: number },
): Promise<Found> {
  const path = (file: string): string => join(folder, file);
  const { manifest, rows } = await readSet(source);
  const written = how.write === undefined ? rows : rows.map((row, at) => ({ ...how.write!(row, at) }));
  const [train, fresh] = [spread(written, TRAIN_ROWS, 0), spread(written, REAL_ROWS, 1)];
  const targets = how.targets ?? manifest.targets.map((target) => target.name);
  const by = how.by === undefined ? [] : [how.by];
  const inputs = [...(how.inputs ?? manifest.inputs.map((input) => input.name)), ...(how.more ?? [])];
  const suffix = suffixOf(how.format);
  await writeFile(path(`train${suffix}`), rawBytes([...inputs, ...by, ...targets], train, how.format));
  const tasks = how.words?.includes("--tasks") ? [] : ["--tasks", targets.join(",")];
  await kindred([
    "train",
    path(`train${suffix}`),
    "--out",
    path("run"),
    ...QUICK,
    ...tasks,
    ...by.flatMap((column) => ["--by", column]),
    ...(how.format === "utf-16le tsv" ? ["--charset", "utf-16le", "--delimiter", "tab"] : []),
    ...(how.format === "semicolons" ? ["--delimiter", "semicolon"] : []),
    ...(how.words ?? []),
  ]);
  const card = JSON.parse(await readFile(path("run/model.json"), "utf8")) as CardParts;
  const all = [...fresh, ...awkwardRows(card, fresh)];
  const names = card.inputs.map((input) => input.name);
  await writeFile(path(`new${suffix}`), rawBytes([...names, ...by], all, how.format));
  for (const runtime of ["native", "wasm"]) {
    const words = ["predict", path("run"), path(`new${suffix}`), "--out", path(`${runtime}.csv`)];
    await kindred(words, { KINDRED_RUNTIME: runtime });
  }
  const compare = async (...files: string[]): Promise<{ stdout: string; code: number }> => {
    const words = ["bench/parity.py", path("run/model.onnx"), path(`new${suffix}`), ...files.map(path)];
    try {
      return { ...(await run(python, words)), code: 0 };
    } catch (error) {
      const { stdout = "", code } = error as { stdout?: string; code: number };
      if (!stdout.includes("agree")) throw error;
      return { stdout, code };
    }
  };
  const { stdout, code } = await compare("native.csv", "wasm.csv");
  const { text, what } = changedPredictions(await readFile(path("native.csv"), "utf8"), k);
  await writeFile(path("changed.csv"), text);
  const told = await compare("changed.csv");
  if (told.code !== 1 || !told.stdout.includes("BAD"))
    throw new Error(`parity.py does not tell that ${what}:\n${told.stdout}`);
  const types = [...new Set(card.inputs.map((input) => typeOf(input, card)))].sort();
  return { ...summary(stdout, code, targets), rows: all.length, types };
}

/** The largest difference, and lines of the targets alone. */
function summary(stdout: string, code: number, targets: readonly string[]): Pick<Found, "worst" | "lines"> {
  const lines: string[] = [];
  let worst = code === 0 ? 0 : Infinity;
  for (const [line, column, found] of stdout.matchAll(/^(?:ok |BAD) \S+ (.*): largest difference (\S+)$/gm)) {
    const difference = found === "inf" || found === "nan" ? Infinity : Number(found);
    worst = Math.max(worst, difference);
    if (targets.includes(column!) || !(difference <= TOLERANCE)) lines.push(line.slice(4));
  }
  if (lines.length === 0) throw new Error(`parity.py compared nothing:\n${stdout}`);
  return { worst, lines };
}

interface Manifest {
  readonly files: readonly string[];
  readonly inputs: readonly { readonly name: string }[];
  readonly targets: readonly { readonly name: string }[];
}

async function readSet(source: string): Promise<{ manifest: Manifest; rows: Records }> {
  const manifest = JSON.parse(await readFile(join(source, "tasks.json"), "utf8")) as Manifest;
  const file = manifest.files.find((path) => /\.csv(?:\.gz)?$/.test(path))!;
  const bytes = await readFile(join(source, file));
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return { manifest, rows: parse(text, { columns: true, bom: true }) as Records };
}

const spread = (rows: Records, count: number, from: number): Records => {
  const wanted = Math.min(count, rows.length - from);
  return Array.from(
    { length: wanted },
    (_, k) => rows[from + Math.floor((k * (rows.length - from)) / wanted)]!,
  );
};

const kindred = (words: readonly string[], env: Record<string, string> = {}) =>
  run("node", ["dist/cli/main.js", ...words], { env: { ...process.env, ...env }, maxBuffer: 2 ** 26 });
