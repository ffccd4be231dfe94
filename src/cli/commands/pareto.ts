import type { Command } from "commander";
import { ConfigError } from "../../base/errors.js";
import type { StudyOptions } from "../../study/options.js";
import { painterFor } from "../screen.js";
import { watched } from "../run-comparison.js";
import type { RawFlags } from "../study-flags.js";
import { addStudyFlags } from "../study-flags.js";
import { seedsOf, usualFolder } from "./compare.js";
import { isStudyFile, resolveStudy } from "./train.js";

const NOT_HERE = new Set(["folds", "repeats", "stream"]);
const SEEDS = 3;

/** Adds `kindred pareto`. */
export function addPareto(program: Command): void {
  const command = program
    .command("pareto")
    .summary("trace the front between two or three tasks")
    .description(
      "Trains one model for each of several preferences between two or three tasks, and shows which of them are on the Pareto front.",
    )
    .argument(
      "<data...>",
      "a table (file, folder, pattern, query or database), several of them, or a study file (study.yaml)",
    )
    .optionsGroup("The front:")
    .option(
      "--points <n>",
      "how many preferences: any number for two tasks, 3, 6, 10, 15, … for three (default: 9 or 10)",
    )
    .option("--seeds <n>", `how many seeds, from --seed on; losses are means over them (default: ${SEEDS})`)
    .option("--reference-point <losses>", "the corner of the hypervolume: a loss for each task, 1.2,0.7");
  addStudyFlags(command, ({ flag = "" }) => !NOT_HERE.has(flag))
    .optionsGroup("Output:")
    .option("--out <folder>", "where results are kept (default: runs/NAME-pareto)")
    .option("--force", "start anew where results are already there")
    .option("--json", "events and the result as JSON, one object a line")
    .option("--quiet", "print nothing but the table and mistakes")
    .addHelpText("after", EXAMPLES)
    .action(trace);
}

async function trace(data: readonly string[], flags: RawFlags): Promise<void> {
  const { points: wanted, referencePoint: reference, ...others } = flags;
  const seeds = seedsOf(flags["seeds"], "pareto", SEEDS);
  const points = wanted === undefined ? undefined : numbersOf(wanted, "--points")[0]!;
  const options = await resolveStudy(data, others, "pareto");
  const corner = reference === undefined ? undefined : referenceOf(reference, options);
  const { json, quiet, force: overwrite } = flags as Readonly<Record<string, boolean | undefined>>;
  const folder = typeof flags["out"] === "string" ? flags["out"] : await usualFolder(options, "pareto");
  const how = {
    seeds,
    folder,
    ...(points !== undefined && { points }),
    ...(corner && { reference: corner }),
    ...(overwrite && { overwrite }),
  };
  try {
    await watched({ ...(json && { json }), ...(quiet && { quiet }) }, async (watch) => {
      const { paretoStudy } = await import("../../study/pareto-study.js");
      const record = await paretoStudy(options, { ...how, ...watch });
      return {
        record,
        folder,
        page: "pareto.html",
        figures: "pareto.json",
        lines: async () => {
          const { paretoLines } = await import("../../report/pareto-terminal.js");
          return paretoLines(record, painterFor(process.stdout));
        },
      };
    });
  } catch (error) {
    const [file] = data;
    if (data.length > 1 || !isStudyFile(file!)) throw error;
    const { placeInStudyFile } = await import("../../study/study-file.js");
    throw await placeInStudyFile(error, file!, options);
  }
}

function referenceOf(text: unknown, { tasks }: StudyOptions): Readonly<Record<string, number>> {
  const names = Object.keys(tasks);
  const losses = numbersOf(text, "--reference-point");
  if (losses.length === names.length) return Object.fromEntries(names.map((name, t) => [name, losses[t]!]));
  const expected = `a loss for each of ${names.join(", ")}`;
  throw new ConfigError({
    where: "pareto",
    subject: "--reference-point",
    expected,
    got: `"${String(text)}"`,
  });
}

function numbersOf(text: unknown, subject: string): number[] {
  const parts = String(text).split(",");
  const numbers = parts.map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (numbers.every(Number.isFinite)) return numbers;
  const expected = subject === "--points" ? "a number" : "numbers with commas between them";
  throw new ConfigError({ where: "pareto", subject, expected, got: `"${String(text)}"` });
}

const EXAMPLES = `
Examples:
  $ kindred pareto penguins.csv --tasks body_mass_g,flipper_length_mm --points 9
  $ kindred pareto study.yaml --balance epo --points 10 --out runs/front

The same command goes on after an interruption, and trains only what is new where points or seeds were added.`;
