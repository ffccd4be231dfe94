import { join, relative } from "node:path";
import type { Command } from "commander";
import { completeStudy } from "../../study/schema-complete.js";
import { packageFile } from "../package-root.js";
import { runStudy } from "../run-study.js";
import { addStudyFlags, studyFromFlags } from "../study-flags.js";
import type { RawFlags } from "../study-flags.js";

const HOME = join("runs", "demo");

/** Adds `kindred demo`. */
export function addDemo(program: Command): void {
  const command = program
    .command("demo")
    .summary("train on a small table that comes with Kindred")
    .description("Trains on 344 penguins: species, sex and body mass from bill, flipper and island.")
    .option("--out <folder>", `where the run goes (default: ${HOME}, replaced each time)`)
    .option("--force", "replace the run that is already in --out")
    .option("--resume", "go on with a demo that was stopped")
    .option("--json", "events and the result as JSON, one object a line")
    .option("--quiet", "print nothing but the table and mistakes");
  addStudyFlags(command, ({ path }) => path === "seed" || path === "budget.epochs")
    .addHelpText("after", EXAMPLES)
    .action(demo);
}

async function demo(flags: RawFlags): Promise<void> {
  const { out, json, quiet, force, resume } = flags as {
    out?: string;
    json?: boolean;
    quiet?: boolean;
    force?: boolean;
    resume?: boolean;
  };
  const tasks = { species: {}, sex: {}, body_mass_g: {} };
  const data = relative(process.cwd(), packageFile("examples/penguins.csv"));
  const options = completeStudy(studyFromFlags(flags, "demo", { data, tasks }), "demo");
  const replace = force === true || (out === undefined && resume !== true);
  await runStudy(options, out ?? HOME, {
    force: replace,
    ...(json && { json }),
    ...(quiet && { quiet }),
    ...(resume && { resume }),
  });
}

const EXAMPLES = `
Examples:
  $ kindred demo
  $ kindred demo --seed 1 --out runs/demo-seed-1`;
