import { join } from "node:path";
import type { Command } from "commander";
import { ConfigError } from "../../base/errors.js";
import { runStudy } from "../run-study.js";
import { addStudyFlags, studyFromFlags } from "../study-flags.js";
import type { RawFlags } from "../study-flags.js";
import { dataWords, firstSource, mapData, oneOrAll } from "../../study/data-names.js";
import { completeStudy } from "../../study/schema-complete.js";
import type { StudyOptions } from "../../study/options.js";

/** Adds `kindred train`. */
export function addTrain(program: Command): void {
  const command = program
    .command("train")
    .summary("train on a table and compare with single-task models")
    .description(
      "Trains one model for all tasks and one for each alone on the same rows, and says which tasks gain.",
    )
    .argument(
      "<data...>",
      "a table (file, folder, pattern, query or database), several of them, or a study file (study.yaml)",
    );
  addStudyFlags(command)
    .optionsGroup("Output:")
    .option("--out <folder>", "where the run goes (default: the next free runs/NAME-1, runs/NAME-2, ...)")
    .option("--name <name>", "short for --out runs/NAME")
    .option("--force", "replace the run that is already there, finished or not")
    .option("--resume", "go on with the unfinished run that is there, or with the last one of this data")
    .option("--checkpoint-every <seconds>", "how often the state of training is kept (default: 10)")
    .option("--json", "events and the result as JSON, one object a line")
    .option("--quiet", "print nothing but the table and mistakes")
    .addHelpText("after", EXAMPLES)
    .action(train);
}

async function train(data: readonly string[], flags: RawFlags): Promise<void> {
  const options = await resolveStudy(data, flags);
  const { json, quiet, force, resume } = flags as Readonly<Record<string, boolean | undefined>>;
  const checkpointSeconds = secondsOf(flags["checkpointEvery"]);
  const folder = await folderOf(options, flags);
  try {
    await runStudy(options, folder, {
      ...(json && { json }),
      ...(quiet && { quiet }),
      ...(force && { force }),
      ...(resume && { resume }),
      ...(checkpointSeconds !== undefined && { checkpointSeconds }),
    });
  } catch (error) {
    const [file] = data;
    if (data.length > 1 || !isStudyFile(file!)) throw error;
    const { placeInStudyFile } = await import("../../study/study-file.js");
    throw await placeInStudyFile(error, file!, options);
  }
}

/** True for names that are read as study files rather than as tables. */
export const isStudyFile = (path: string): boolean => /\.ya?ml$/i.test(path);

function secondsOf(text: unknown): number | undefined {
  if (text === undefined) return undefined;
  const seconds = String(text).trim() === "" ? Number.NaN : Number(text);
  if (seconds >= 0 && seconds < Number.POSITIVE_INFINITY) return seconds;
  throw new ConfigError({
    where: "train",
    subject: "--checkpoint-every",
    expected: "a number of seconds from 0",
    got: `"${String(text)}"`,
  });
}

/**
 * The study that a data argument and flags describe: defaults, then the study file, then the flags.
 *
 * @throws {ConfigError} for contradictions and values out of range; with every place, for a study file.
 */
export async function resolveStudy(
  data: readonly string[],
  flags: RawFlags,
  where = "train",
): Promise<StudyOptions> {
  const file = data.find(isStudyFile);
  if (file !== undefined && data.length > 1) {
    throw new ConfigError({
      where,
      subject: `the study file ${file}`,
      problem: "cannot stand beside other tables",
      fix: "Name all tables in it: data: [a.csv, b.csv].",
    });
  }
  if (file === undefined) return completeStudy(studyFromFlags(flags, where, { data: oneOrAll(data) }), where);
  const { readStudyFile } = await import("../../study/study-file.js");
  return completeStudy(studyFromFlags(flags, where, await readStudyFile(file)), where);
}

async function folderOf(options: StudyOptions, flags: RawFlags): Promise<string> {
  const { out, name } = flags as { out?: string; name?: string };
  if (out !== undefined && name !== undefined) {
    throw new ConfigError({
      where: "train",
      subject: "--out and --name",
      problem: "both say where the run goes",
      fix: "Give one of them.",
    });
  }
  if (name !== undefined && (!/[^.]/.test(name) || /[\\/]/.test(name))) {
    throw new ConfigError({
      where: "train",
      subject: "--name",
      expected: "one folder's name",
      got: `"${name}"`,
      fix: "Use --out for a path.",
    });
  }
  if (out !== undefined || name !== undefined) return out ?? join("runs", name!);
  const { nextRunFolder, unfinishedRunFolder } = await import("../../run/index.js");
  const { shownSource, sourceStem } = await import("../../data/sources/index.js");
  const stem = sourceStem(firstSource(options.data));
  if (flags["resume"] !== true) return nextRunFolder("runs", stem);
  const unfinished = await unfinishedRunFolder("runs", stem);
  if (unfinished !== undefined) return unfinished;
  throw new ConfigError({
    where: "train",
    subject: "--resume",
    problem: `finds no unfinished run of ${dataWords(mapData(options.data, shownSource))} in runs`,
    fix: "Name its folder with --out, or train without --resume.",
  });
}

const EXAMPLES = `
Examples:
  $ kindred train penguins.csv --tasks species,sex,body_mass_g
  $ kindred train penguins.csv --tasks species=classification,groups=clustering:3 --reference groups=island
  $ kindred train penguins.csv --tasks species,sex --link species:sex --split stratified --seed 7
  $ kindred train houses.parquet --task 'price, EUR' --kind 'price, EUR=regression' --ignore id,url
  $ kindred train study.yaml --epochs 50 --out runs/short
  $ kindred train study.yaml --epochs 50 --out runs/short --resume     go on after an interruption

With a study file, flags win over the file; --tasks and lists replace it, --type and --kind change single entries.`;
