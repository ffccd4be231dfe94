import { access } from "node:fs/promises";
import { dirname, isAbsolute, relative } from "node:path";
import type { Command } from "commander";
import { ConfigError } from "../../base/errors.js";
import type { InspectedTable } from "../../data/inspect.js";
import { mapData, oneOrAll } from "../../study/data-names.js";
import { type StudyOptions, type TaskOptions, inspectOptionsOf } from "../../study/options.js";
import { completeStudy, withDefaults } from "../../study/schema-complete.js";
import type { PartialStudy } from "../../study/schema.js";
import { proposeTasks, whyProposed } from "../propose-tasks.js";
import { schemaPathFor } from "../schema-path.js";
import { commandLine, note, say } from "../screen.js";
import { addStudyFlags, studyFromFlags } from "../study-flags.js";
import type { RawFlags } from "../study-flags.js";
import { writeWhole } from "../write-whole.js";

/** Adds `kindred init`. */
export function addInit(program: Command): void {
  const command = program
    .command("init")
    .summary("write a study file to look over and change")
    .description("Looks at a table and writes a study file that explains every guess. Trains nothing.")
    .argument("<data...>", "a table: CSV, TSV, JSON lines or Parquet; or several of them");
  addStudyFlags(command)
    .optionsGroup("Output:")
    .option("--out <file>", "where the study file goes; - for standard output", "study.yaml")
    .option("--force", "replace the file")
    .addHelpText("after", EXAMPLES)
    .action(init);
}

async function init(sources: readonly string[], flags: RawFlags): Promise<void> {
  const { out, force } = flags as { out: string; force?: boolean };
  if (out !== "-") await checkFree(out, force ?? false);
  const data = oneOrAll(sources);
  const given = studyFromFlags(flags, "init", { data });
  if (given.tasks) completeStudy(given, "init");
  const { readData } = await import("../../study/read-data.js");
  const { inspectTable } = await import("../../data/index.js");
  const complete = withDefaults({ ...given, data, tasks: given.tasks ?? {} });
  const table = inspectTable(await readData(complete), inspectOptionsOf(complete));
  const text = await studyText(table, given, out);
  if (out === "-") return say(text.trimEnd());
  await writeWhole(out, text, "init");
  say(`Wrote ${out}\n\nNext: look it over, then\n  ${commandLine("npx", "kindred", "train", out)}`);
}

async function studyText(table: InspectedTable, given: PartialStudy, out: string): Promise<string> {
  const { describeStudy } = await import("../../study/study-file-notes.js");
  const { writeStudyFile } = await import("../../study/study-file-write.js");
  const proposed = given.tasks === undefined;
  const tasks: Readonly<Record<string, TaskOptions>> = given.tasks ?? proposeTasks(table, given);
  if (proposed)
    note(`No tasks were named; proposing ${Object.keys(tasks).join(", ")}. Change them in the file.`);
  const options = completeStudy(
    { ...given, data: mapData(given.data!, (source) => dataPath(source, out)), tasks },
    "init",
  );
  const { kinds, notes } = describeStudy(table, options, { proposed });
  const study: StudyOptions = { ...options, tasks: kinds };
  const schema = schemaPathFor(out === "-" ? "study.yaml" : out);
  const because = proposed ? withProposals(notes.because, table) : notes.because;
  return writeStudyFile(study, { ...notes, because, ...(schema !== undefined && { schema }) });
}

/** Says of each proposed target why it is proposed, after why it has its kind. */
function withProposals(
  because: Readonly<Record<string, string>>,
  { profiles }: InspectedTable,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(because).map(([name, why]) => {
      const profile = profiles.find((one) => one.name === name);
      return [name, profile ? `${why}; ${whyProposed(profile)}` : why];
    }),
  );
}

/** The data as the study file names it: from its own folder. */
function dataPath(source: string, out: string): string {
  if (isAbsolute(source) || out === "-") return source;
  return relative(dirname(out), source).replaceAll("\\", "/");
}

async function checkFree(out: string, force: boolean): Promise<void> {
  const taken = await access(out).then(
    () => true,
    () => false,
  );
  if (!taken || force) return;
  throw new ConfigError({
    where: "init",
    subject: `file ${out}`,
    problem: "is already there",
    fix: "Choose another with --out, or add --force.",
  });
}

const EXAMPLES = `
Examples:
  $ kindred init penguins.csv
  $ kindred init penguins.csv --tasks species,sex,body_mass_g --out penguins.yaml
  $ kindred init penguins.csv --tasks species --ignore island --out -`;
