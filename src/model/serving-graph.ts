import type { InputEncoding } from "../data/encoding.js";
import { type Tensor, constant, input, layer, toOnnx } from "../graph/index.js";
import type { FoldTables } from "./encoders/target-statistics.js";
import { inputGraph } from "./input-graph.js";
import { type Layout, parameterView } from "./layout.js";
import { network } from "./network.js";
import { decoded } from "./output-graph.js";
import type { ModelSpec } from "./spec.js";

/** Parameters `[P]` of one epoch, and the tasks that are predicted with them. */
export interface ServedSnapshot {
  readonly epoch: number;
  readonly tasks: readonly string[];
  readonly parameters: Float32Array;
}

/** What a saved model consists of. */
export interface ServingParts {
  readonly encoding: InputEncoding;
  readonly spec: ModelSpec;
  readonly layout: Layout;
  /** `[P]`. */
  readonly parameters: Float32Array;
  /** Parameters of tasks that are predicted with other ones. */
  readonly further?: readonly ServedSnapshot[];
  /** Strings stored in the file, all under the prefix `kindred.`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** A description for people, Markdown. */
  readonly doc: string;
}

/**
 * The trained model as one ONNX file: raw columns in, labels and numbers out. Where tasks keep parameters of other epochs the file
 * holds a network for each epoch, its nodes under the name `epoch-<n>`, and grows by as much; what is equal in two of
 * them is written once.
 */
export function servingOnnx({
  encoding,
  spec,
  layout,
  parameters,
  further = [],
  metadata,
  doc,
}: ServingParts): Uint8Array {
  const { inputs, encoded } = inputGraph(encoding);
  const traced = (flat: Float32Array): Record<string, Record<string, Tensor>> =>
    decoded(spec, network(spec, encoded, constantParameters(layout, flat)));
  const byTask = traced(parameters);
  for (const { epoch, tasks, parameters: own } of further) {
    const found = layer(`epoch-${epoch}`, () => traced(own));
    for (const task of tasks) byTask[task] = found[task]!;
  }
  const outputs = Object.assign({}, ...spec.tasks.map(({ name }) => byTask[name]!)) as Record<string, Tensor>;
  return toOnnx({ name: "kindred", inputs: [...inputs], outputs, metadata: { ...metadata }, doc });
}

/** The name of the input of `encodingOnnx` that says which fold a row is in: one that no column has. */
export function foldInput({ inputs }: InputEncoding): string {
  const taken = new Set(inputs.map(({ name }) => name));
  let name = "fold";
  while (taken.has(name)) name += "'";
  return name;
}

/**
 * The preprocessing alone, output `encoded [batch, D]`: what prepares rows for training.
 *
 * @param withoutFold tables of statistics without each fold; with them the graph has one more input, `foldInput`.
 */
export function encodingOnnx(encoding: InputEncoding, withoutFold?: FoldTables["withoutFold"]): Uint8Array {
  const fold = withoutFold && input(foldInput(encoding), "int32", ["batch"]);
  const { inputs, encoded } = inputGraph(encoding, fold && { fold, withoutFold });
  return toOnnx({ name: "encoding", inputs: [...inputs, ...(fold ? [fold] : [])], outputs: { encoded } });
}

function constantParameters(layout: Layout, flat: Float32Array): Record<string, Tensor> {
  return Object.fromEntries(
    layout.map(({ name, shape }) => [
      name,
      constant({ dtype: "float32", shape, data: parameterView(layout, flat, name).slice() }),
    ]),
  );
}
