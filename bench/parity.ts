import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { type Bench, type BenchPart, PeerMissing } from "./bench.js";

const run = promisify(execFile);
const TOLERANCE = 1e-5; // relative above 1: float32 sums in another order
const TRAIN_ROWS = 300;
const REAL_ROWS = 40;
const SETS =
  "penguins titanic ames_housing adult census_income_kdd bike_sharing german_credit student_performance law_school school diamonds wine_quality zoo auto_mpg california_housing online_shoppers sms_spam sst mulan_flags mulan_jura dutch_census parkinsons".split(
    " ",
  );
const QUICK = ["--epochs", "2", "--members", "2", "--trunk", "16", "--quiet"];

/** Settings of some sets, so that every type of input occurs, and columns that their manifests keep apart. */
const EXTRA: Readonly<
  Record<string, { readonly words?: readonly string[]; readonly columns?: readonly string[] }>
> = {
  bike_sharing: { columns: ["dteday"] },
  diamonds: { words: ["--type", "color=J<I<H<G<F<E<D"] },
  dutch_census: { words: ["--type", "age=category", "--type", "citizenship=category"] },
  parkinsons: { words: ["--type", "Shimmer*=embedding"] },
};

/** Cells nobody prepared, by type of input; row `k` takes cell `k` of each, with one more row where all are missing. */
const ODD: Readonly<Record<string, readonly string[]>> = {
  number: ["", "1e30", "-1e30", "-0", "1e-30", "  12  ", "?", "0.1"],
  codes: ["", "99999999", "7.0", "-5", "1e3", "  1  ", "", "123456789"],
  date: [
    "",
    "2024-02-29",
    "1850-02-28",
    "2400-02-29T23:59:59Z",
    "2021-05-06T12:30:00",
    "  2011-06-01  ",
    "?",
    "1999-12-31",
  ],
  words: [
    "",
    "never seen",
    "Zürich 😀 日本語",
    "w1 w2, ".repeat(430),
    'with "quotes", and\nlines',
    "  blanks  ",
    "?",
    "-0",
  ],
};

type Records = Record<string, string>[];

/**
 * Whether a model gives the same from the raw file everywhere. For 20 sets and more: trains for two epochs on 300 rows, writes a CSV
 * of real rows and awkward ones, and predicts it with `kindred predict` on onnxruntime-node and on onnxruntime-web. `parity.py`
 * reads the CSV with Python's own reader, makes the tensors from the model's card and compares Python's onnxruntime with both.
 * `ours` is the largest difference (absolute below 1, relative above), `peer` the tolerance; throws above it. Real rows are
 * evenly spread over the file. `KINDRED_PYTHON` names the Python, `KINDRED_PARITY_SETS` some sets.
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
  const parts: BenchPart[] = [];
  const notes: string[] = [];
  for (const set of process.env["KINDRED_PARITY_SETS"]?.split(",") ?? SETS) {
    const folder = join(home, set);
    await mkdir(folder);
    const found = await oneSet(join(root, set), folder, python, EXTRA[set]).catch((error: unknown) => {
      const { stderr, message } = error as { stderr?: string; message: string };
      return { worst: Infinity, lines: [stderr?.trim() || message] };
    });
    parts.push({ name: set, ours: found.worst, peer: TOLERANCE, ratio: TOLERANCE / found.worst });
    console.error(`${set}: largest difference ${found.worst.toExponential(2)}`);
    if (found.worst > TOLERANCE) console.error(found.lines.join("\n"));
    notes.push(set, ...found.lines.map((line) => `  ${line}`));
  }
  await rm(home, { recursive: true });
  const worst = Math.max(...parts.map(({ ours }) => ours));
  const bad = parts.filter(({ ours }) => !(ours <= TOLERANCE)).map((part) => part.name);
  if (bad.length > 0) throw new Error(`parity: ${bad.join(", ")} differ\n${notes.join("\n")}`);
  const against = `largest difference of ${parts.length} sets between Node, WebAssembly and Python, the tolerance`;
  return {
    name,
    ours: worst,
    peer: TOLERANCE,
    unit: "difference",
    ratio: TOLERANCE / worst,
    against,
    parts,
    notes,
  };
};

async function oneSet(source: string, folder: string, python: string, extra: (typeof EXTRA)[string] = {}) {
  const manifest = JSON.parse(await readFile(join(source, "tasks.json"), "utf8")) as Manifest;
  const file = manifest.files.find((path) => /\.csv(?:\.gz)?$/.test(path))!;
  const bytes = await readFile(join(source, file));
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  const rows = parse(text, { columns: true, bom: true }) as Records;
  const [train, fresh] = [spread(rows, TRAIN_ROWS, 0), spread(rows, REAL_ROWS, 1)];
  const columns = Object.keys(rows[0]!);
  const used = new Set([...manifest.inputs, ...manifest.targets].map((column) => column.name));
  for (const column of extra.columns ?? []) used.add(column);
  const path = (file: string): string => join(folder, file);
  const kept = columns.filter((column) => used.has(column));
  await writeFile(path("train.csv"), csv(kept, train));
  const tasks = manifest.targets.map((target) => target.name).join(",");
  await kindred([
    "train",
    path("train.csv"),
    "--tasks",
    tasks,
    "--out",
    path("run"),
    ...QUICK,
    ...(extra.words ?? []),
  ]);
  const model = JSON.parse(await readFile(path("run/model.json"), "utf8")) as { inputs: Input[] };
  await writeFile(
    path("new.csv"),
    csv(
      model.inputs.map((input) => input.name),
      [...fresh, ...awkward(model.inputs, fresh)],
    ),
  );
  const lines: string[] = [];
  let worst = 0;
  for (const runtime of ["native", "wasm"]) {
    const out = path(`${runtime}.csv`);
    await kindred(["predict", path("run"), path("new.csv"), "--out", out], { KINDRED_RUNTIME: runtime });
    const { stdout } = await run(python, ["bench/parity.py", path("run"), path("new.csv"), out]).catch(
      (error: { stdout?: string; stderr: string }) => {
        if (!error.stdout) throw error;
        return { stdout: error.stdout };
      },
    );
    for (const [, column, difference] of stdout.matchAll(/^(?:ok |BAD) (.*): largest difference (\S+)/gm)) {
      worst = Math.max(worst, difference === "inf" ? Infinity : Number(difference));
      if (tasks.split(",").includes(column!)) lines.push(`${runtime} ${column}: ${difference}`);
    }
    if (!stdout.includes("agree")) throw new Error(stdout);
  }
  const types = [...new Set(model.inputs.map((input) => nameOf(input)))].sort().join(", ");
  return { worst, lines: [`inputs: ${types}`, ...lines] };
}

interface Manifest {
  readonly files: readonly string[];
  readonly inputs: readonly { readonly name: string }[];
  readonly targets: readonly { readonly name: string }[];
}

interface Input {
  readonly name: string;
  readonly type: string;
  readonly codes?: boolean;
  readonly order?: readonly string[];
}

const nameOf = (input: Input): string =>
  input.type === "category" && input.codes ? "codes" : input.order ? "order" : input.type;

const kindOf = ({ type, codes, order }: Input): string => {
  if (type === "boolean") return "boolean";
  if (type === "date") return "date";
  if (codes) return "codes";
  return type === "category" || type === "text" || order ? "words" : "number";
};

/** Rows in which every cell is awkward, then one cell after another in a real row, then nothing at all. */
function awkward(inputs: readonly Input[], fresh: Records): Records {
  const cell = (input: Input, k: number): string => ODD[kindOf(input)]?.[k] ?? fresh[k]![input.name]!;
  const all = Array.from({ length: 8 }, (_, k) =>
    Object.fromEntries(inputs.map((input) => [input.name, cell(input, k)])),
  );
  const single = inputs
    .slice(0, 40)
    .flatMap((input, i) =>
      all.map((row, k) => ({ ...fresh[(i + k) % fresh.length]!, [input.name]: row[input.name]! })),
    );
  return [...all, ...single, Object.fromEntries(inputs.map((input) => [input.name, ""]))];
}

const spread = (rows: Records, count: number, from: number): Records => {
  const wanted = Math.min(count, rows.length - from);
  return Array.from(
    { length: wanted },
    (_, k) => rows[from + Math.floor((k * (rows.length - from)) / wanted)]!,
  );
};

const csv = (columns: readonly string[], rows: Records): string =>
  [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ""))]
    .map((line) => line.map((text) => `"${text.replaceAll('"', '""')}"`).join(",") + "\n")
    .join("");

const kindred = (words: readonly string[], env: Record<string, string> = {}) =>
  run("node", ["dist/cli/main.js", ...words], { env: { ...process.env, ...env }, maxBuffer: 2 ** 26 });
