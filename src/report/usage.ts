import type { RunRecord } from "../run/record.js";
import { html, type Html } from "./html.js";

type Input = RunRecord["model"]["inputs"][number];

/** Three ways to use the model, with this run's own columns. */
export function usageSection(record: RunRecord): Html {
  const { inputs } = record.model;
  const path = `runs/${record.name}/model.onnx`;
  return html`<section id="use" aria-labelledby="use-title">
    <h2 id="use-title">Use the model</h2>
    <p class="lead">
      One file, <code>model.onnx</code>, takes the raw columns: cleaning, scaling and decoding are inside.
      What is missing may be missing.
    </p>
    <h3>Node</h3>
    ${block("JavaScript for Node", nodeCode(path, inputs))}
    <h3>In a page</h3>
    ${block("JavaScript for a page", pageCode(inputs))}
    <h3>Python, without Kindred</h3>
    ${block("Python", pythonCode(path, inputs))}
  </section>`;
}

/** JavaScript for Node that predicts one row. */
export function nodeCode(path: string, inputs: readonly Input[]): string {
  return `import { openModel } from "kindred";

const model = await openModel(${literal(path)});
const predictions = await model.predict([
${javaScriptRow(inputs)}
]);
console.log(predictions);
`;
}

/** JavaScript for a page that predicts one row; the model file lies beside the page. */
export function pageCode(inputs: readonly Input[]): string {
  return `import { openModel } from "kindred/browser";

const model = await openModel("model.onnx");
const predictions = await model.predict([
${javaScriptRow(inputs)}
]);
console.log(predictions);
`;
}

/** Python that predicts one row through ONNX Runtime alone: one array of shape [batch] for each raw column. */
export function pythonCode(path: string, inputs: readonly Input[]): string {
  const columns = inputs.map((input) => `    ${literal(input.name)}: ${pythonArray(input)},`);
  return `import numpy as np
import onnxruntime as ort

session = ort.InferenceSession(${literal(path)})
rows = {  # one array of shape [batch] per column; missing: np.nan or ""
${columns.join("\n")}
}
names = [output.name for output in session.get_outputs()]
for name, values in zip(names, session.run(names, rows)):
    print(name, values)
`;
}

/**
 * A string literal that JavaScript and Python read alike. Characters that would hide or reorder code (controls,
 * direction marks, line separators) are written as escapes.
 */
export function literal(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]|\p{Bidi_Control}/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}

function javaScriptRow(inputs: readonly Input[]): string {
  const lines = inputs.map((input) => `    ${javaScriptKey(input.name)}: ${javaScriptValue(input)},`);
  return `  {\n${lines.join("\n")}\n  },`;
}

/** `__proto__` as a plain key would set the prototype; in brackets it is a column like any other. */
function javaScriptKey(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
}

function javaScriptValue({ onnx, example }: Input): string {
  if (typeof example === "string") return literal(example);
  if (example !== undefined && Number.isFinite(example)) return String(example);
  return onnx === "string" ? '""' : "0";
}

function pythonArray({ onnx, example, type }: Input): string {
  if (onnx === "string") return `np.array([${literal(String(example ?? ""))}], dtype=object)`;
  const value = typeof example === "number" && Number.isFinite(example) ? String(example) : "0.0";
  const dtype = onnx === "double" ? "np.float64" : "np.float32";
  return `np.array([${value}], dtype=${dtype})${type === "date" ? "  # days since 1970-01-01" : ""}`;
}

/** Long blocks scroll in their own area. */
const block = (label: string, code: string): Html =>
  html`<pre class="scroll tall" tabindex="0" role="group" aria-label="${label}"><code>${code}</code></pre>`;
