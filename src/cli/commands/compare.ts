import { join } from "node:path";
import { type Command, Option } from "commander";
import { ConfigError } from "../../base/errors.js";
import { firstSource } from "../../study/data-names.js";
import type { StudyOptions } from "../../study/options.js";
import { VARIED_FLAGS, type Variant, checkVariants, variantsFromFlags } from "../../study/variants.js";
import { runComparison } from "../run-comparison.js";
import { addStudyFlags } from "../study-flags.js";
import type { RawFlags } from "../study-flags.js";
import { isStudyFile, resolveStudy } from "./train.js";

const VARIED = new Set(VARIED_FLAGS.map(({ flag }) => flag));
const NOT_HERE = new Set(["balance-option", "sharing-option", "folds", "repeats", "stream"]);
const SEEDS = 5;

/** Adds `kindred compare`. */
export function addCompare(program: Command): void {
  const command = program
    .command("compare")
    .summary("train variants of a study over several seeds and rank them")
    .description(
      "Trains every variant with every seed on the same splits, side by side, and ranks the variants with paired tests.",
    )
    .argument(
      "<data...>",
      "a table (file, folder, pattern, query or database), several of them, or a study file (study.yaml)",
    );
  for (const { flag, placeholder, doc } of VARIED_FLAGS) {
    command.addOption(new Option(`--${flag} <${placeholder}>`, doc).helpGroup("What is compared:"));
  }
  command.addOption(
    new Option(
      "--seeds <n>",
      `how many seeds, from --seed on; each has a split of its own (default: ${SEEDS})`,
    ).helpGroup("What is compared:"),
  );
  addStudyFlags(command, ({ flag = "" }) => !VARIED.has(flag) && !NOT_HERE.has(flag))
    .optionsGroup("Output:")
    .option("--out <folder>", "where results are kept (default: runs/NAME-compare)")
    .option("--force", "start anew where a comparison is already there")
    .option("--json", "events and the result as JSON, one object a line")
    .option("--quiet", "print nothing but the tables and mistakes")
    .addHelpText("after", EXAMPLES)
    .action(compare);
}

async function compare(data: readonly string[], flags: RawFlags): Promise<void> {
  const lists = Object.fromEntries(VARIED_FLAGS.map(({ flag }) => [flag, flags[flag] as string | undefined]));
  const given = variantsFromFlags(lists, "compare");
  checkVariants(given, "compare");
  const plain = Object.fromEntries(Object.entries(flags).filter(([name]) => !VARIED.has(name)));
  const seeds = seedsOf(flags["seeds"]);
  const options = await resolveStudy(data, plain, "compare");
  const { json, quiet, force } = flags as Readonly<Record<string, boolean | undefined>>;
  const folder = typeof flags["out"] === "string" ? flags["out"] : await usualFolder(options);
  try {
    await runComparison(options, folder, {
      variants: given satisfies readonly Variant[],
      seeds,
      ...(json && { json }),
      ...(quiet && { quiet }),
      ...(force && { force }),
    });
  } catch (error) {
    const [file] = data;
    if (data.length > 1 || !isStudyFile(file!)) throw error;
    const { placeInStudyFile } = await import("../../study/study-file.js");
    throw await placeInStudyFile(error, file!, options);
  }
}

/** A number of seeds as it is typed. */
export function seedsOf(text: unknown, where = "compare", usual = SEEDS): number {
  if (text === undefined) return usual;
  const seeds = String(text).trim() === "" ? Number.NaN : Number(text);
  if (Number.isInteger(seeds) && seeds >= 1 && seeds <= 1000) return seeds;
  const expected = "a whole number of at least 1 and at most 1000";
  throw new ConfigError({ where, subject: "--seeds", expected, got: `"${String(text)}"` });
}

/** Where results are kept that no folder is named for. */
export async function usualFolder(options: StudyOptions, command = "compare"): Promise<string> {
  const { sourceStem } = await import("../../data/sources/index.js");
  const { folderStem } = await import("../../run/run-folder.js");
  return join("runs", `${folderStem(sourceStem(firstSource(options.data)))}-${command}`);
}

const EXAMPLES = `
Examples:
  $ kindred compare penguins.csv --tasks species,sex,body_mass_g --balance equal,pcgrad,cagrad --seeds 10
  $ kindred compare study.yaml --balance equal,cagrad:c=0.2,cagrad:c=0.8 --out runs/cagrad

The same command goes on after an interruption, and trains only what is new where methods or seeds were added.`;
