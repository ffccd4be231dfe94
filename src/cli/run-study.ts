import { join } from "node:path";
import { ConfigError } from "../base/errors.js";
import type { RunRecord } from "../run/record.js";
import type { StudyOptions } from "../study/options.js";
import { Interrupted, onInterrupt } from "./interrupt.js";
import { openProgress } from "./progress.js";
import { commandLine, note, paint, painterFor, say } from "./screen.js";

/** How a study is run from the command line. */
export interface RunFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** Replace a run that is already in the folder. */
  readonly force?: boolean;
  /** Go on with the unfinished run in the folder. */
  readonly resume?: boolean;
  /** The least time between two checkpoints, in seconds. */
  readonly checkpointSeconds?: number;
}

/**
 * Opens and trains a study into a folder, showing progress; standard output gets the table or the result line.
 *
 * @throws {ConfigError} if the folder is taken or cannot be written, before any work is done.
 * @throws {Interrupted} after Ctrl-C.
 */
export async function runStudy(options: StudyOptions, folder: string, flags: RunFlags): Promise<RunRecord> {
  await checkFolder(folder, flags);
  const progress = await openProgress(flags);
  const interrupt = onInterrupt();
  const hooks = { onEvent: progress.onEvent, signal: interrupt.signal };
  try {
    const { openStudy } = await import("../study/study.js");
    const study = await openStudy(options, hooks);
    const { force: overwrite = false, resume = false, checkpointSeconds } = flags;
    const run = await study.train({
      ...hooks,
      folder,
      overwrite,
      resume,
      resumeWith: resumeCommand(folder),
      ...(checkpointSeconds !== undefined && { checkpointSeconds }),
    });
    progress.close();
    await report(run.record, folder, flags);
    await run.close();
    return run.record;
  } catch (error) {
    if (interrupt.signal.aborted) throw new Interrupted(await goOn(folder), { cause: error });
    throw error;
  } finally {
    progress.close();
    interrupt.dispose();
  }
}

async function checkFolder(folder: string, { force = false, resume = false }: RunFlags): Promise<void> {
  const { checkWritable, refuseInUse, whatIsAt } = await import("../run/run-folder.js");
  const { isBegun } = await import("../run/unfinished-parts.js");
  const found = await whatIsAt(folder);
  const parts = { where: "output", subject: `folder ${folder}` };
  if (force && resume) {
    const both = { where: "output", subject: "--resume and --force", problem: "contradict each other" };
    throw new ConfigError({ ...both, fix: "--resume goes on with a run, --force starts it anew." });
  }
  if (found === "unfinished") await refuseInUse(folder);
  if (found === "unfinished" && !force && !resume) {
    const fix = "Add --resume to go on with it, or --force to start anew.";
    throw new ConfigError({ ...parts, problem: "holds an unfinished run", fix });
  }
  if (found === "run" && resume && !(await isBegun(folder))) {
    const fix = "There is nothing to resume; choose another with --out to train again.";
    throw new ConfigError({ ...parts, problem: "holds a finished run", fix });
  }
  if (found === "run" && !force && !resume) {
    const fix = "Choose another with --out, or add --force to replace it.";
    throw new ConfigError({ ...parts, problem: "already holds a run", fix });
  }
  await checkWritable(folder, { overwrite: force, resume });
}

/** The command line of this process as one types it to go on with the run in `folder`. */
function resumeCommand(folder: string): string {
  const given = process.argv.slice(2).filter((word) => word !== "--force" && word !== "--resume");
  const named = given.some((word) => /^--(out|name)(=|$)/.test(word));
  return commandLine("npx", "kindred", ...given, ...(named ? [] : ["--out", folder]), "--resume");
}

/** How to go on with what a stopped training left, if it left anything. */
async function goOn(folder: string): Promise<string | undefined> {
  const { isBegun } = await import("../run/unfinished-parts.js");
  return (await isBegun(folder)) ? resumeCommand(folder) : undefined;
}

async function report(record: RunRecord, folder: string, flags: RunFlags): Promise<void> {
  if (flags.json) {
    say(JSON.stringify({ type: "result", folder, record: summary(record) }));
    return;
  }
  if (!flags.quiet) note("");
  const { summaryLines } = await import("../report/terminal.js");
  say(summaryLines(record, painterFor(process.stdout)).join("\n"));
  if (!flags.quiet) say(nextSteps(record, folder));
}

/** The part of a record that a program asks for first; the whole is in the run's `record.json`. */
function summary(record: RunRecord): Record<string, unknown> {
  return {
    name: record.name,
    seed: record.seed,
    tasks: record.evaluation.tasks.map((task) => ({ ...task, plot: undefined })),
    deltaM: record.evaluation.deltaM,
    warnings: record.warnings,
  };
}

function nextSteps(record: RunRecord, folder: string): string {
  const { dim } = paint(process.stdout);
  const steps = [
    [
      commandLine("npx", "kindred", "predict", folder, record.data.source),
      "predictions for every task, as CSV",
    ],
    [commandLine("npx", "kindred", "evaluate", folder), "the scores of this run"],
    [
      commandLine("npx", "kindred", "export", folder, "--out", "model.onnx"),
      "the model, with how to use it elsewhere",
    ],
  ] as const;
  const width = Math.max(...steps.map(([command]) => command.length));
  return [
    "",
    `Report  ${join(folder, "report.html")}`,
    `Model   ${join(folder, "model.onnx")}`,
    "",
    "Next:",
    ...steps.map(([command, what]) => `  ${command.padEnd(width)}  ${dim(what)}`),
  ].join("\n");
}
