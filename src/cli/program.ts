import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addCompare } from "./commands/compare.js";
import { addDemo } from "./commands/demo.js";
import { addDoctor } from "./commands/doctor.js";
import { addEvaluate } from "./commands/evaluate.js";
import { addExport } from "./commands/export.js";
import { addInit } from "./commands/init.js";
import { addPareto } from "./commands/pareto.js";
import { addPredict } from "./commands/predict.js";
import { addTrain } from "./commands/train.js";
import { EXIT, explain } from "./failure.js";
import { Interrupted } from "./interrupt.js";
import { note } from "./screen.js";

/** The whole command line; parsing it loads nothing that computes. */
export function buildProgram(): Command {
  const program = new Command("kindred")
    .description("Multi-task learning on your own table: one model, a verdict per task, one ONNX file.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .showSuggestionAfterError()
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .configureHelp({ showGlobalOptions: false })
    .exitOverride();
  const commands = [
    addDemo,
    addInit,
    addTrain,
    addCompare,
    addPareto,
    addEvaluate,
    addPredict,
    addExport,
    addDoctor,
  ];
  for (const add of commands) add(program);
  program.addHelpText("after", START);
  return program;
}

/** Runs the command line and ends the process with its exit code. */
export async function main(words: readonly string[]): Promise<void> {
  quietOnClosedPipe();
  for (const event of ["uncaughtException", "unhandledRejection"] as const)
    process.on(event, (error) => void end(fail(error)));
  await end(await run(words));
}

async function run(words: readonly string[]): Promise<number> {
  const program = buildProgram();
  if (words.length === 0) {
    program.outputHelp();
    return EXIT.done;
  }
  try {
    await program.parseAsync([...words], { from: "user" });
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    return fail(error);
  }
}

function fail(error: unknown): number {
  const { code, lines } = explain(error, {
    terminal: process.stderr.isTTY,
    interrupted: error instanceof Interrupted,
    ...(error instanceof Interrupted && { goOn: error.goOn }),
  });
  for (const line of lines) note(line);
  return code;
}

/** Exits after what was written has left the process; a runtime's idle threads would keep it alive otherwise. */
async function end(code: number): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => stream.write("", () => resolve()));
  }
  process.exit(code);
}

/** A reader such as `head` may close the pipe early: that is no mistake of anyone. */
function quietOnClosedPipe(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.done);
    throw error;
  });
}

function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

const START = `
Examples:
  $ kindred demo                                  train on a small table that comes with Kindred
  $ kindred init houses.csv                       write a study file to look over and change
  $ kindred train houses.csv --tasks price,sold   train, compare with single-task models, write a report
  $ kindred predict runs/houses-1 new.csv         predict every task for new rows

Exit codes: 0 done, 2 a mistake in the command or the data, 70 a defect of Kindred, 130 stopped with Ctrl-C.`;
