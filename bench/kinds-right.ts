import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { KindredError } from "../src/base/errors.js";
import type { ColumnProfile } from "../src/data/profile.js";
import { columnOf } from "../src/data/index.js";
import type { InspectedTable } from "../src/data/inspect.js";
import { readTable } from "../src/data/sources/index.js";
import { completeStudy } from "../src/study/schema-complete.js";
import { describeStudy } from "../src/study/study-file-notes.js";
import { detectTask } from "../src/tasks/detect.js";
import { type Bench, type BenchPart, PeerMissing } from "./bench.js";

const WANTED = 0.95; // share of inputs and targets that must be right
const MOST_ROWS = 0.5; // words that differ in this share of rows name them
const ALL_ROWS = 0.95; // numbers that do: a measurement may well differ in most rows
const IN_A_TABLE = ["numeric", "categorical", "binary", "text"]; // types of inputs other than images and sound

/** What a set's `tasks.json` says about its table: the truth, written by people who read the sets' descriptions. */
interface Manifest {
  readonly files: readonly string[];
  readonly inputs: readonly { readonly name: string; readonly type: string }[];
  readonly targets: readonly { readonly name: string; readonly type: string }[];
  readonly idColumns?: readonly string[];
}

/** How many columns are right, of how many. */
interface Tally {
  right: number;
  total: number;
}

/** One set's score. */
interface SetScore {
  readonly inputs: Tally;
  readonly targets: Tally;
  /** A line for each miss: both sides and why. */
  readonly misses: readonly string[];
  /** Columns that name rows and would be inputs. */
  readonly leaks: readonly string[];
  /** Things worth a word that are not counted. */
  readonly asides: readonly string[];
}

/**
 * Whether looking at a table is enough: for every set with a table and a `tasks.json`, the type that inspection decides for
 * each input and the kind proposed for each target, against what the manifest says. `ours` is the share that is right, the
 * smaller of the share over all columns (where wide tables weigh most) and the mean over sets; `peer` is the share wanted.
 * Wanted is also that no column which names rows would be an input.
 *
 * What counts as right. Inputs: `numeric` as numeric or ordinal, which here is a number column of few whole numbers;
 * `categorical` as category, or as an ordinal of words, whose order the manifest does not know; both `categorical` and `binary` as anything of at most two values, since two values are coded
 * as 0 and 1 however they are called; `text` as text. Targets: `regression` and `count` as regression, `binary` and
 * `multiclass` as themselves, `ordinal` as multiclass, or as regression where its levels are numbers. Columns the manifest
 * keeps apart (parts, weights, columns derived from others) have no type to be right about. Those it keeps apart
 * because they name rows, words that differ in most rows or numbers that differ in nearly all, must not become inputs: one
 * that would is counted as an input that is wrong.
 */
export const kindsRight: Bench = async (name) => {
  const root = process.env["KINDRED_DATA"] ?? "../shared/data";
  if (!existsSync(root)) throw new PeerMissing(`no data sets in ${root}; name their folder in KINDRED_DATA`);
  const parts: BenchPart[] = [];
  const notes: string[] = [];
  const [inputs, targets]: [Tally, Tally] = [
    { right: 0, total: 0 },
    { right: 0, total: 0 },
  ];
  let [leaks, shares] = [0, 0];
  for (const set of (await readdir(root)).sort()) {
    const file = join(root, set, "tasks.json");
    if (!existsSync(file)) continue;
    const manifest = JSON.parse(await readFile(file, "utf8")) as Manifest;
    const table = manifest.files.find((path) => /\.csv(?:\.gz)?$/.test(path));
    if (table === undefined) {
      notes.push(`${set}: skipped, it has no table (${manifest.files.join(", ")})`);
      continue;
    }
    const score = scoreOf(manifest, await readTable(join(root, set, table)));
    const both = sum(score.inputs, score.targets);
    const share = both.right / both.total;
    parts.push({ name: set, ours: share, peer: WANTED, ratio: WANTED / share });
    Object.assign(inputs, sum(inputs, score.inputs));
    Object.assign(targets, sum(targets, score.targets));
    leaks += score.leaks.length;
    shares += share;
    notes.push(`${set}: ${words(both)}`);
    for (const line of [...score.misses, ...score.leaks, ...score.asides]) notes.push(`  ${line}`);
  }
  const all = sum(inputs, targets);
  const [pooled, mean] = [all.right / all.total, shares / parts.length];
  notes.push(
    `inputs ${words(inputs)}, targets ${words(targets)}, together ${words(all)}; mean over ${parts.length} sets ${percent(mean)}; columns naming rows that would be inputs: ${leaks}`,
  );
  const ours = Math.min(pooled, mean);
  const against = "types and kinds of every column of every set against the truth, the share wanted";
  return { name, ours, peer: WANTED, unit: "share", ratio: WANTED / ours, against, parts, notes };
};

function scoreOf(manifest: Manifest, table: InspectedTable): SetScore {
  const [inputs, targets] = [inputsOf(manifest, table), targetsOf(manifest, table)];
  const kept = keptAmongInputs(manifest, table);
  const linesOf = (key: boolean): string[] => kept.filter((one) => one.key === key).map(({ line }) => line);
  const [leaks, asides] = [linesOf(true), [...linesOf(false), ...missing(manifest, table)]];
  const misses = [...inputs, ...targets].flatMap(({ miss }) => miss ?? []);
  const withLeaks = sum(tally(inputs), { right: 0, total: leaks.length });
  return { inputs: withLeaks, targets: tally(targets), misses, leaks, asides };
}

const sum = (a: Tally, b: Tally): Tally => ({ right: a.right + b.right, total: a.total + b.total });

const tally = (found: readonly Found[]): Tally => ({
  right: found.filter(({ miss }) => miss === undefined).length,
  total: found.length,
});

const words = ({ right, total }: Tally): string => `${right} of ${total} right (${percent(right / total)})`;

/** A column kept apart that would be an input. */
interface Kept {
  readonly key: boolean;
  readonly line: string;
}

/** One column's result: the miss in words, none when it is right. */
interface Found {
  readonly miss?: string;
}

function inputsOf({ inputs }: Manifest, table: InspectedTable): Found[] {
  return inputs.flatMap(({ name, type }) => {
    const profile = table.profiles.find((candidate) => candidate.name === name);
    if (!profile || !IN_A_TABLE.includes(type)) return [];
    const column = columnOf(table, name);
    if (inputIsRight(type, profile, "order" in column && column.order !== undefined)) return [{}];
    const why = profile.why === "" ? "" : ` (${profile.why})`;
    const { distinct, summary } = profile;
    return [
      { miss: `input ${name}: ${type}, taken for ${profile.type}${why}; ${distinct} values, ${summary}` },
    ];
  });
}

function inputIsRight(truth: string, { type, distinct }: ColumnProfile, words: boolean): boolean {
  const usable = type !== "identifier" && type !== "text";
  if (truth === "numeric") return type === "numeric" || type === "ordinal";
  if (truth === "categorical") return type === "category" || words || (usable && distinct <= 2);
  if (truth === "binary") return usable && distinct <= 2;
  return type === truth;
}

function targetsOf({ targets }: Manifest, table: InspectedTable): Found[] {
  return targets.map(({ name, type }) => {
    const column = columnOf(table, name);
    try {
      const { kind, because } = detectTask(column);
      if (targetIsRight(type, kind)) return {};
      return { miss: `target ${name}: ${type}, proposed ${kind} (${because})` };
    } catch (error) {
      if (!(error instanceof KindredError)) throw error;
      return { miss: `target ${name}: ${type}, refused (${error.message})` };
    }
  });
}

function targetIsRight(truth: string, kind: string): boolean {
  if (truth === "count") return kind === "regression";
  if (truth === "ordinal") return kind === "multiclass" || kind === "regression";
  return truth === kind;
}

/** Columns kept apart that a study of these targets would take for inputs, and whether they name rows. */
function keptAmongInputs({ targets, idColumns = [] }: Manifest, table: InspectedTable): Kept[] {
  const tasks = Object.fromEntries(targets.map(({ name }) => [name, { kind: taskKind(table, name) }]));
  const options = completeStudy({ data: table.source, tasks }, "kinds-right");
  const { notes } = describeStudy(table, options, { proposed: false });
  return notes.columns.flatMap(({ name, type, role }) => {
    if (!idColumns.includes(name) || role !== "input") return [];
    const profile = table.profiles.find((candidate) => candidate.name === name)!;
    const share = profile.distinct / (table.rows - profile.missing);
    const key = share >= ("numbers" in columnOf(table, name) ? ALL_ROWS : MOST_ROWS);
    const what = key ? "names rows and" : "is kept apart, not counted, and";
    const line = `column ${name}: ${what} would be an input, ${type}; ${profile.distinct} values in ${table.rows} rows`;
    return [{ key, line }];
  });
}

/** What the manifest means but the table does not hold, such as images. */
function missing({ inputs }: Manifest, table: InspectedTable): string[] {
  const names = new Set(table.columns.map(({ name }) => name));
  const outside = inputs.filter(({ name, type }) => !names.has(name) || !IN_A_TABLE.includes(type));
  if (outside.length === 0) return [];
  return [
    `not counted, not in the table: ${outside.map(({ name, type }) => `${name} (${type})`).join(", ")}`,
  ];
}

/** A kind that lets the study be described even where the proposal for this target is a refusal. */
function taskKind(table: InspectedTable, name: string): "classification" | "regression" {
  const column = columnOf(table, name);
  return "numbers" in column && column.type === "numeric" ? "regression" : "classification";
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
