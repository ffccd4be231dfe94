import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { seededRandom } from "../src/base/random.js";
import type { RawColumn, RawTable } from "../src/data/index.js";
import { readRawTable } from "../src/data/sources/index.js";
import type { TaskOptions } from "../src/study/options.js";
import { PeerMissing } from "./bench.js";

/** One target as the peers were measured on it: the metric, and each method's value on the same test rows. */
export interface PeerTarget {
  readonly name: string;
  readonly type: string;
  readonly metric: Metric;
  readonly methods: Readonly<Record<string, number>>;
}

/** RRMSE: RMSE over that of the training rows' mean; lower is better, of the other two higher. */
export type Metric = "RRMSE" | "AUC" | "accuracy";

/** A set of tables with its peers. */
export interface QualitySet {
  readonly name: string;
  /** The group of the index: B is that of tables with targets of several kinds. */
  readonly heterogeneous: boolean;
  readonly targets: readonly PeerTarget[];
  readonly tasks: Readonly<Record<string, TaskOptions>>;
  readonly ignore: readonly string[];
  /** The table with a column `PART` that says train, validation or test. */
  readonly table: RawTable;
}

/** The column that holds the part of each row. */
export const PART = "part of the row";

const HETEROGENEOUS = [
  "adult",
  "census_income_kdd",
  "student_performance",
  "german_credit",
  "dutch_census",
  "law_school",
  "titanic",
  "penguins",
  "auto_mpg",
  "diamonds",
  "california_housing",
  "ames_housing",
  "online_shoppers",
];
const INNER = 0.2; // share of training rows that validate
const SARCOS_BLOCK = 26; // rows of one movement

interface PeersFile {
  readonly [set: string]: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly metric: Metric;
        readonly methods: Readonly<Record<string, Readonly<Record<string, number>>>>;
      }
    >
  >;
}

interface Manifest {
  readonly files: readonly string[];
  readonly inputs: readonly { readonly name: string }[];
  readonly taskColumn?: string;
}

const root = (): string => process.env["KINDRED_DATA"] ?? "../shared/data";

/** The peers' figures, from the folder of the sets. */
export async function readPeers(): Promise<PeersFile> {
  const file = join(root(), "peers.json");
  if (!existsSync(file)) throw new PeerMissing(`no ${file}; name the folder of the sets in KINDRED_DATA`);
  return JSON.parse(await readFile(file, "utf8")) as PeersFile;
}

/**
 * A set with the peers' split: the same test rows; validation rows are a fifth of the others, drawn by the seed where the
 * peers drew them, else the same ones (the last days of bike_sharing, the last rows of can_bus_bmw, blocks of sarcos).
 * Inputs are those of its manifest and its task column.
 */
export async function readSet(name: string, peers: PeersFile, seed: number): Promise<QualitySet> {
  const manifest = JSON.parse(await readFile(join(root(), name, "tasks.json"), "utf8")) as Manifest;
  const raw = await readRawTable(join(root(), name, manifest.files[0]!));
  const targets = Object.entries(peers[name]!)
    .filter(([target]) => target !== "_set")
    .map(([target, { type, metric, methods }]): PeerTarget => {
      const values = Object.entries(methods).map(([method, found]) => [
        method === "catboost" || method === "lightgbm" ? "gbm" : method,
        found[metric]!,
      ]);
      return { name: target, type, metric, methods: Object.fromEntries(values) as Record<string, number> };
    });
  const used = new Set([
    ...manifest.inputs.map((input) => input.name),
    ...targets.map((target) => target.name),
    ...(manifest.taskColumn === undefined ? [] : [manifest.taskColumn]),
  ]);
  const kindOf = (type: string): TaskOptions["kind"] =>
    type === "regression" || type === "count" ? "regression" : "classification";
  const part: RawColumn = { name: PART, kind: "text", cells: partsOf(name, raw, seed) };
  return {
    name,
    heterogeneous: HETEROGENEOUS.includes(name),
    targets,
    tasks: Object.fromEntries(targets.map((target) => [target.name, { kind: kindOf(target.type)! }])),
    ignore: raw.columns.map((column) => column.name).filter((column) => !used.has(column)),
    table: { ...raw, columns: [...raw.columns, part] },
  };
}

type Part = "train" | "validation" | "test";

function partsOf(name: string, table: RawTable, seed: number): Part[] {
  const rows = Array.from({ length: table.rows }, (_, row) => row);
  const cell = (column: string, row: number): string => {
    const found = table.columns.find((one) => one.name === column)!;
    return found.kind === "text" ? (found.cells[row] ?? "") : String(found.numbers[row]);
  };
  const hashed = (i: number): boolean => (Math.imul(i, 2654435761) >>> 0) / 2 ** 32 < INNER;
  const test = (row: number): boolean => {
    if (name === "bike_sharing") return Number(cell("dteday", row).slice(8, 10)) >= 20;
    if (name === "can_bus_bmw") return row >= 0.7 * table.rows;
    if (name === "sarcos") return hashed(Math.floor(row / SARCOS_BLOCK));
    if (OFFICIAL.includes(name)) return cell("split", row) === "test";
    return hashed(row);
  };
  const trained = rows.filter((row) => !test(row));
  const random = seededRandom(seed, "validation rows of the peers");
  const share = <T>(of: readonly T[]): Set<T> =>
    new Set(random.shuffle([...of]).slice(0, Math.floor(INNER * of.length)));
  const blocks = share([...new Set(trained.map((row) => Math.floor(row / SARCOS_BLOCK)))]);
  const drawn = share(trained);
  const last = new Set(trained.slice(Math.ceil((1 - INNER) * trained.length)));
  const validates = (row: number): boolean => {
    if (name === "bike_sharing") return Number(cell("dteday", row).slice(8, 10)) >= 16;
    if (name === "can_bus_bmw") return last.has(row);
    return name === "sarcos" ? blocks.has(Math.floor(row / SARCOS_BLOCK)) : drawn.has(row);
  };
  return rows.map((row) => (test(row) ? "test" : validates(row) ? "validation" : "train"));
}

const OFFICIAL = ["adult", "mulan_yeast", "mulan_emotions", "mulan_scene"];
