import { referenceOf } from "./evaluate.js";
import { withLayer } from "./layer.js";
import { product, staticShape } from "./shape.js";
import { constant } from "./sources.js";
import type { DType, Node, Tensor, TensorValue } from "./tensor.js";
import { type Value, fromTensorValue, numbers, toTensorValue } from "./value.js";

/**
 * Operations whose reference gives the very bits that ONNX Runtime gives: they move elements, compare them, or are rounded
 * correctly by IEEE 754 (a float32 sum, difference, product or quotient computed in float64 and rounded again is the correctly
 * rounded one: Figueroa 1995, "When is double rounding innocuous?"). Others, such as exp or a sum over an axis, may differ in
 * the last place between runtimes, so that folding them would change results; ONNX Runtime's Where makes 0 of −0.
 */
const EXACT: ReadonlySet<string> = new Set(
  (
    "abs add and axis-size cast ceil concat div equal expand expand-like floor gather " +
    "gather-elements greater is-nan less mul neg not one-hot or pad reshape slice split square " +
    "stop-gradient sub transpose"
  ).split(" "),
);

const ALWAYS = 256; // elements that may be added to a file without a thought
const MOST = 65_536; // elements: larger ones are left to the runtime

/**
 * The results of an operation on constants as constants, or undefined where that is not exact or would make a file larger.
 *
 * @param used how often a node's results are used: a constant that is used elsewhere stays in the file.
 */
export function folded(node: Node, used: (node: Node) => number): readonly Tensor[] | undefined {
  if (!EXACT.has(node.op) || node.inputs.some((input) => input.node.op !== "constant")) return undefined;
  const sizes = node.outputs.map(({ shape }) => staticShape(shape));
  if (sizes.includes(undefined) || !affordable(node, used)) return undefined;
  const inputs = node.inputs.map((input) => fromTensorValue(valueOf(input)));
  if (inexact(node, inputs)) return undefined;
  const found = referenceOf(node, inputs);
  const held = found.every((value, i) => holds(node.outputs[i]!.dtype, value));
  if (!held) return undefined;
  return withLayer(node.layer, () =>
    found.map((value, i) => constant(toTensorValue(value, node.outputs[i]!.dtype))),
  );
}

function affordable({ inputs, outputs }: Node, used: (node: Node) => number): boolean {
  const size = (tensors: readonly Pick<Tensor, "shape">[]): number =>
    tensors.reduce((sum, { shape }) => sum + product(shape.map(Number)), 0);
  const made = size(outputs);
  if (made <= ALWAYS) return true;
  const freed = inputs.every(({ node }) => used(node) === 1);
  return made <= MOST && freed && made <= size(inputs);
}

const valueOf = ({ node }: Tensor): TensorValue => node.attributes["value"] as TensorValue; // a constant has its value

/** Whole numbers divided by 0, and numbers that a whole type cannot hold: what happens is up to the machine. */
function inexact(node: Node, inputs: readonly Value[]): boolean {
  const to = node.outputs[0]!.dtype;
  if (!inputs.every((value, i) => holds(node.inputs[i]!.dtype, value))) return true;
  if (node.op === "div" && isWhole(to)) return numbers(inputs[1]!).includes(0);
  return node.op === "cast" && isWhole(to) && !holds(to, inputs[0]!);
}

const isWhole = (dtype: DType): boolean => dtype === "int32" || dtype === "int64";

function holds(dtype: DType, { data }: Value): boolean {
  if (!isWhole(dtype) || !(data instanceof Float64Array)) return true;
  const limit = dtype === "int32" ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  return data.every((x) => Math.abs(x) <= limit);
}
