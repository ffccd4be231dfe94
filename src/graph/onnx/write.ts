import { ConfigError } from "../../base/errors.js";
import { simplify } from "../simplify.js";
import { order } from "../traversal.js";
import type { Tensor } from "../tensor.js";
import { GraphWriter, valueInfo } from "./graph-writer.js";
import { type GraphProto, type NodeProto, type OperatorSetIdProto, encodeModel } from "./schema.js";

/** The ONNX operator set that is written. */
export const OPSET = 17n;
/** The version of ONNX's file format that is written: older readers refuse newer ones. */
export const IR_VERSION = 8n;
const ML_OPSET = 3n;
const ML_OPSET_TENSORS = 4n; // from which LabelEncoder takes its keys as a tensor
const MICROSOFT_OPSET = 1n;

/** What goes into a model file. */
export interface OnnxModel {
  readonly name: string;
  /** Inputs in order, used or not; inputs that are not listed follow in the order of their use. */
  readonly inputs?: readonly Tensor[];
  /** Results by name; a name may be any text. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly doc?: string;
}

/**
 * Writes a graph as an ONNX model: opset 17, format version 8.
 *
 * The graph is simplified first (see `simplify`). Only what the outputs depend on is written; equal constants and equal
 * operations are written once, and what does not change inside a loop is computed outside it.
 *
 * @throws {ConfigError} if names of inputs and outputs are empty or not distinct.
 */
export function toOnnx({ name, inputs = [], outputs: traced, metadata = {}, doc }: OnnxModel): Uint8Array {
  const outputs = simplify(traced);
  const nodes = order(Object.values(outputs));
  const listed = new Set(inputs.map(({ node }) => node));
  const unlisted = nodes.filter((node) => node.op === "input" && !listed.has(node));
  const inputNodes = [...listed, ...unlisted];
  const inputNames = inputNodes.map((node) => String(node.attributes["name"]));
  const outputNames = Object.keys(outputs);
  checkNames([...inputNames, ...outputNames]);

  const writer = new GraphWriter(freePrefix([...inputNames, ...outputNames]));
  inputNodes.forEach((node, i) => writer.bind(node, [inputNames[i]!]));
  writer.write(nodes);
  const graph: GraphProto = writer.graph({
    name,
    inputs: inputNodes.map((node, i) => valueInfo(inputNames[i]!, node.outputs[0]!)),
    outputs: Object.entries(outputs),
  });
  return encodeModel({
    irVersion: IR_VERSION,
    producerName: "kindred",
    ...(doc !== undefined && { docString: doc }),
    graph,
    opsetImport: opsets(graph),
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
}

/** The operator sets of a graph and of the bodies of its loops. */
function opsets(graph: GraphProto): OperatorSetIdProto[] {
  const nodes = allNodes(graph.node);
  const ml = nodes.filter(({ domain }) => domain === "ai.onnx.ml");
  const tensors = ml.some(({ attribute }) => attribute.some(({ t }) => t !== undefined));
  const microsoft = nodes.some(({ domain }) => domain === "com.microsoft");
  return [
    { domain: "", version: OPSET },
    ...(ml.length > 0 ? [{ domain: "ai.onnx.ml", version: tensors ? ML_OPSET_TENSORS : ML_OPSET }] : []),
    ...(microsoft ? [{ domain: "com.microsoft", version: MICROSOFT_OPSET }] : []),
  ];
}

const allNodes = (nodes: readonly NodeProto[]): NodeProto[] =>
  nodes.flatMap((node) => [node, ...node.attribute.flatMap(({ g }) => (g ? allNodes(g.node) : []))]);

function checkNames(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  const fix = "Rename one of them.";
  if (twice !== undefined) {
    const expected = "distinct over inputs and outputs";
    throw new ConfigError({
      where: "onnx",
      subject: "names",
      expected,
      got: `${JSON.stringify(twice)} twice`,
      fix,
    });
  }
  if (names.includes(""))
    throw new ConfigError({ where: "onnx", subject: "name", expected: "not empty", got: '""', fix });
}

/** A beginning that no name of the user's has. */
function freePrefix(names: readonly string[]): string {
  let prefix = "kindred/";
  while (names.some((name) => name.startsWith(prefix))) prefix += "_/";
  return prefix;
}
