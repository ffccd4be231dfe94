import { extname } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import { openProgress } from "../progress.js";
import { note } from "../screen.js";
import { CHARSET, DELIMITER, HEADER, textFlags } from "../text-flags.js";

const FORMATS = ["csv", "jsonl", "parquet"] as const;

/** Adds `kindred predict`. */
export function addPredict(program: Command): void {
  program
    .command("predict")
    .summary("predict every task for new rows")
    .description("Predicts every task of a model for the rows of a table, in their order.")
    .argument("<model>", "a run folder, or a model file that Kindred wrote")
    .argument("<data>", "a table, or - for CSV on standard input")
    .option("--out <file>", "where predictions go; - for standard output", "-")
    .addOption(
      new Option(
        "--format <format>",
        "csv, jsonl or parquet (default: by the name of --out, else csv)",
      ).choices(FORMATS),
    )
    .option("--charset <name>", CHARSET)
    .addOption(new Option("--header <choice>", HEADER).choices(["auto", "yes", "no"]))
    .option("--delimiter <sign>", DELIMITER)
    .option("--keep <columns>", "columns of the data to repeat beside the predictions: id,name")
    .addHelpText("after", EXAMPLES)
    .action(predict);
}

async function predict(
  model: string,
  source: string,
  flags: { out: string; format?: string; keep?: string; charset?: string; delimiter?: string },
): Promise<void> {
  const progress = await openProgress({ quiet: flags.out === "-" });
  const { predictFile } = await import("../../study/predict-file.js");
  const keep = flags.keep === undefined ? [] : flags.keep.split(",").map((name) => name.trim());
  const format = FORMATS.find((one) => one === flags.format) ?? formatOf(flags.out);
  try {
    const streams = { stream: process.stdin, outputStream: process.stdout };
    const { onEvent } = progress;
    const text = textFlags(flags);
    await predictFile({ model, source, output: flags.out, format, keep, ...text, ...streams, onEvent });
  } finally {
    progress.close();
  }
  if (flags.out !== "-") note(`Wrote ${flags.out}`);
}

function formatOf(out: string): (typeof FORMATS)[number] {
  const extension = extname(out).toLowerCase();
  if (extension === ".parquet") return "parquet";
  return extension === ".jsonl" || extension === ".ndjson" ? "jsonl" : "csv";
}

const EXAMPLES = `
Examples:
  $ kindred predict runs/demo new-penguins.csv
  $ kindred predict runs/demo new-penguins.csv --out predictions.parquet --keep id
  $ cat rows.csv | kindred predict model.onnx - --format jsonl`;
