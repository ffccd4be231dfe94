import { withLayer } from "./layer.js";
import { type Shape, isFloat, sameShape } from "./shape.js";
import { scalar } from "./sources.js";
import { add } from "./ops/add.js";
import { dynamicSlice } from "./ops/dynamic-slice.js";
import { reshape } from "./ops/reshape.js";
import { transpose } from "./ops/transpose.js";
import type { DType, Node, Tensor, TensorValue } from "./tensor.js";

/** What stands for the first result of a node with the same values, or undefined where the node is needed. */
type Rule = (node: Node) => Tensor | undefined;

/**
 * What stands for a node's only result, to the bit: NaN, infinities and the sign of 0 included.
 *
 * So x + 0 is kept, since it turns −0 into 0, while x − 0 and x + (−0) are x.
 */
export function replacement(node: Node): Tensor | undefined {
  if (node.outputs.length !== 1) return undefined;
  const found = RULES[node.op]?.(node);
  const { shape, dtype } = node.outputs[0]!;
  return found && found.dtype === dtype && sameShape(found.shape, shape) ? found : undefined;
}

const first: Rule = ({ inputs }) => inputs[0];

const RULES: Readonly<Record<string, Rule>> = {
  abs: repeated,
  add: ({ inputs }) => besides(inputs, ({ dtype }, x) => Object.is(x, isFloat(dtype) ? -0 : 0)),
  cast: castOfCast,
  ceil: repeated,
  concat: ({ inputs }) => (inputs.length === 1 ? inputs[0] : undefined),
  div: ({ inputs }) => (known(inputs[1]!) === 1 ? inputs[0] : undefined),
  expand: first,
  "expand-like": first,
  floor: repeated,
  mul: ({ inputs }) => besides(inputs, (_, x) => x === 1),
  neg: undone,
  not: undone,
  pad: first,
  relu: repeated,
  reshape: reshapeOfReshape,
  sign: repeated,
  slice: (node) => sliceOfAll(node) ?? sliceOfDynamicSlice(node),
  "stop-gradient": first,
  split: first,
  sub: ({ inputs }) => (Object.is(known(inputs[1]!), 0) ? inputs[0] : undefined),
  transpose: transposeOfTranspose,
};

/** The number that all elements of a constant are; undefined for others. */
function known({ node }: Tensor): number | undefined {
  if (node.op !== "constant") return undefined;
  const { data, dtype } = node.attributes["value"] as TensorValue; // a constant has its value
  if (dtype === "string" || data.length === 0) return undefined;
  const number = Number(data[0]);
  return Array.prototype.every.call(data, (x) => Object.is(Number(x), number)) ? number : undefined;
}

/** The one of two inputs beside a constant of neutral elements. */
function besides(
  inputs: readonly Tensor[],
  neutral: (x: Tensor, value: number) => boolean,
): Tensor | undefined {
  const [a, b] = [inputs[0]!, inputs[1]!];
  const is = (x: Tensor): boolean => {
    const number = known(x);
    return number !== undefined && neutral(x, number);
  };
  return is(b) ? a : is(a) ? b : undefined;
}

/** f(f(x)) = f(x). */
function repeated({ op, inputs }: Node): Tensor | undefined {
  return inputs[0]!.node.op === op ? inputs[0] : undefined;
}

/** f(f(x)) = x. */
function undone({ op, inputs }: Node): Tensor | undefined {
  return inputs[0]!.node.op === op ? inputs[0]!.node.inputs[0] : undefined;
}

/** Types that hold every value of another. */
const WIDER: Readonly<Record<DType, readonly DType[]>> = {
  bool: ["int32", "int64", "float32", "float64"],
  int32: ["int64", "float64"],
  float32: ["float64"],
  int64: [],
  float64: [],
  string: [],
};

/** There and back through a type that holds every value. */
function castOfCast({ inputs, outputs }: Node): Tensor | undefined {
  const [between] = inputs;
  const to = outputs[0]!.dtype;
  if (between!.dtype === to) return between;
  const source = between!.node.op === "cast" ? between!.node.inputs[0]! : undefined;
  return source?.dtype === to && WIDER[to].includes(between!.dtype) ? source : undefined;
}

/** One reshaping instead of two, where ONNX can say the shape without looking sizes up. */
function reshapeOfReshape({ inputs, outputs, layer }: Node): Tensor | undefined {
  const [x, to] = [inputs[0]!, outputs[0]!.shape];
  if (sameShape(x.shape, to)) return x;
  if (x.node.op !== "reshape") return undefined;
  const source = x.node.inputs[0]!;
  return sayable(source.shape, to) ? withLayer(layer, () => reshape(source, to)) : undefined;
}

function sayable(from: Shape, to: Shape): boolean {
  const symbolic = to.filter((dim) => typeof dim === "string");
  if (symbolic.length === 0) return true;
  const moved = to.filter((dim, axis) => typeof dim === "string" && from[axis] !== dim);
  return moved.length <= 1 && !to.includes(0);
}

function transposeOfTranspose({ inputs, attributes, layer }: Node): Tensor | undefined {
  const x = inputs[0]!;
  if (x.node.op !== "transpose") return undefined;
  const [outer, inner] = [attributes["perm"], x.node.attributes["perm"]] as [number[], number[]]; // what `transpose` writes
  const perm = outer.map((axis) => inner[axis]!);
  return withLayer(layer, () => transpose(x.node.inputs[0]!, perm));
}

/** A slice that keeps every size, all of them known, keeps every element. */
function sliceOfAll({ inputs, outputs, attributes }: Node): Tensor | undefined {
  const axes = attributes["axes"] as readonly number[]; // what `slice` writes
  const [x, { shape }] = [inputs[0]!, outputs[0]!];
  return axes.every((axis) => typeof x.shape[axis] === "number") && sameShape(x.shape, shape) ? x : undefined;
}

/** A part of a part along the same axis is taken at once, so that the larger part is never copied. */
function sliceOfDynamicSlice({ inputs, outputs, attributes, layer }: Node): Tensor | undefined {
  const part = inputs[0]!;
  const { starts, axes } = attributes as Readonly<Record<string, readonly number[]>>; // what `slice` writes
  if (part.node.op !== "dynamic-slice" || axes!.length !== 1) return undefined;
  const [from, axis] = [starts![0]!, axes![0]!];
  if (from < 0 || part.node.attributes["axis"] !== axis) return undefined;
  const [x, start] = [part.node.inputs[0]!, part.node.inputs[1]!];
  const length = Number(outputs[0]!.shape[axis]); // that of a part is known
  const first = from === 0 ? start : withLayer(layer, () => add(start, scalar(from, "int64")));
  return withLayer(layer, () => dynamicSlice(x, first, length, axis));
}
