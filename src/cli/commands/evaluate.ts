import { type Command, Option } from "commander";
import type { FileScores } from "../../study/commands.js";
import { paint, painterFor, say } from "../screen.js";
import { CHARSET, DELIMITER, HEADER, textFlags } from "../text-flags.js";

/** Adds `kindred evaluate`. */
export function addEvaluate(program: Command): void {
  program
    .command("evaluate")
    .summary("score a model on labelled rows, or show the scores of a run")
    .description(
      "Without data: the stored comparison with single-task models. With data: scores on its labelled rows.",
    )
    .argument("<run>", "a run folder, or with data also a model file")
    .argument("[data]", "a table that has the tasks' columns")
    .option("--charset <name>", CHARSET)
    .addOption(new Option("--header <choice>", HEADER).choices(["auto", "yes", "no"]))
    .option("--delimiter <sign>", DELIMITER)
    .option("--json", "as JSON")
    .addHelpText("after", EXAMPLES)
    .action(evaluate);
}

interface EvaluateFlags {
  readonly json?: boolean;
  readonly charset?: string;
  readonly delimiter?: string;
}

async function evaluate(model: string, data: string | undefined, flags: EvaluateFlags): Promise<void> {
  if (data !== undefined) return scoreFile(model, data, flags);
  const { readRun } = await import("../../run/index.js");
  const { record } = await readRun(model);
  if (flags.json) return say(JSON.stringify(record.evaluation));
  const { summaryLines } = await import("../../report/terminal.js");
  say(summaryLines(record, painterFor(process.stdout)).join("\n"));
}

async function scoreFile(model: string, source: string, flags: EvaluateFlags): Promise<void> {
  const { evaluateFile } = await import("../../study/commands.js");
  const scores = await evaluateFile({ model, source, ...textFlags(flags) });
  if (flags.json) return say(JSON.stringify(scores));
  say(scoreLines(scores).join("\n"));
}

/** One line per task and metric, aligned. */
function scoreLines(scores: FileScores): string[] {
  const { bold } = paint(process.stdout);
  const rows = Object.entries(scores).flatMap(([task, metrics]) =>
    Object.entries(metrics).map(
      ([metric, value]) =>
        [task, metric, value === null ? "undefined here" : String(Number(value.toPrecision(5)))] as const,
    ),
  );
  const width = (cell: 0 | 1): number => Math.max(...rows.map((row) => row[cell].length));
  const [first, second] = [width(0), width(1)];
  return rows.map(
    ([task, metric, value]) => `${bold(task.padEnd(first))}  ${metric.padEnd(second)}  ${value}`,
  );
}

const EXAMPLES = `
Examples:
  $ kindred evaluate runs/demo
  $ kindred evaluate runs/demo this-year.csv --json`;
