import { access } from "node:fs/promises";
import { basename } from "node:path";
import type { Command } from "commander";
import { ConfigError } from "../../base/errors.js";
import type { RunRecord } from "../../run/record.js";
import { say } from "../screen.js";
import { writeWhole } from "../write-whole.js";

/** Adds `kindred export`. */
export function addExport(program: Command): void {
  program
    .command("export")
    .summary("copy the model out and show how to use it")
    .description(
      "Copies a run's model, one ONNX file that takes raw columns, and prints how to use it elsewhere.",
    )
    .argument("<run>", "a run folder")
    .option("--out <file>", "where the model goes", "model.onnx")
    .option("--force", "replace the file")
    .addHelpText("after", EXAMPLES)
    .action(exportModel);
}

async function exportModel(folder: string, flags: { out: string; force?: boolean }): Promise<void> {
  const { readRun } = await import("../../run/index.js");
  const run = await readRun(folder);
  const bytes = await run.file("model.onnx");
  await writeModel(flags.out, bytes, flags.force ?? false);
  say(usage(flags.out, run.record));
}

async function writeModel(out: string, bytes: Uint8Array, force: boolean): Promise<void> {
  const taken = await access(out).then(
    () => true,
    () => false,
  );
  if (taken && !force) {
    throw new ConfigError({
      where: "export",
      subject: `file ${out}`,
      problem: "is already there",
      fix: "Choose another with --out, or add --force.",
    });
  }
  await writeWhole(out, bytes, "export");
}

function usage(out: string, record: RunRecord): string {
  const inputs = record.model.inputs;
  const task = record.tasks[0]!.name;
  const cell = (onnx: string): string => (onnx === "string" ? '"…"' : "0");
  const row = inputs.map(({ name, onnx }) => `${JSON.stringify(name)}: ${cell(onnx)}`).join(", ");
  const feeds = inputs.map(
    ({ name, onnx }) =>
      `${JSON.stringify(name)}: np.array([${cell(onnx)}], ${onnx === "string" ? "object" : "np.float32"})`,
  );
  return `Wrote ${out}

Node:
  import { openModel } from "kindred";
  const model = await openModel(${JSON.stringify(out)});
  const [row] = await model.predict([{ ${row} }]);
  console.log(row[${JSON.stringify(task)}]);

Page:
  import { openModel } from "kindred/browser";
  const model = await openModel(${JSON.stringify(basename(out))});

Python (pip install onnxruntime):
  import numpy as np, onnxruntime as ort
  session = ort.InferenceSession(${JSON.stringify(out)})
  names = [output.name for output in session.get_outputs()]
  values = session.run(None, {
    ${feeds.join(",\n    ")},
  })
  print(dict(zip(names, values)))`;
}

const EXAMPLES = `
Examples:
  $ kindred export runs/demo
  $ kindred export runs/demo --out penguins.onnx --force`;
