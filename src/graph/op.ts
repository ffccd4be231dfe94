import { ShapeError } from "../base/errors.js";
import { currentLayer } from "./layer.js";
import type { GraphProto } from "./onnx/schema.js";
import { type Shape, formatShape } from "./shape.js";
import type { Attributes, DType, Dim, Node, Subgraph, Tensor, TensorValue } from "./tensor.js";
import type { Value } from "./value.js";

/** Shape and element type of one result. */
export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What a shape rule sees. */
export interface Inference<A> {
  readonly inputs: readonly Tensor[];
  readonly attributes: A;
  /** An error that names layer, operation and the shapes that came; for `throw fail(...)`. */
  fail(subject: string, expected: string, fix?: string, got?: string): ShapeError;
}

/** What a gradient rule sees; cotangents may be smaller than their output as long as they broadcast to it. */
export interface VjpContext<A> {
  readonly node: Node;
  readonly attributes: A;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly cotangents: readonly (Tensor | undefined)[];
  /** What the node's bodies take from around them; their cotangents follow those of the inputs. */
  readonly captures: readonly Tensor[];
  /** Which inputs, and after them which captures, need a cotangent; others may be left undefined. */
  readonly wanted: readonly boolean[];
  /** Applies an operation by its slug and gives its first result. */
  emit(slug: string, inputs: readonly Tensor[], attributes?: Attributes): Tensor;
  /** Applies an operation and gives all its results. */
  emitAll(slug: string, inputs: readonly Tensor[], attributes?: Attributes): readonly Tensor[];
  scalar(value: number, dtype: DType): Tensor;
  /** The first output's cotangent, perhaps smaller than the output. */
  readonly g: Tensor;
  /** Expands a cotangent of `of` to its whole shape. */
  full(g: Tensor, of: Tensor): Tensor;
  /** Undoes broadcasting: sums a cotangent of `from` down to what broadcasts to `to`. */
  reduceTo(g: Tensor, from: Tensor, to: Tensor): Tensor;
  /**
   * Cotangents of a body's formals and captures from those of its outputs, each perhaps smaller than its tensor; undefined
   * where no path leads. What a capture was made from is left alone.
   */
  pullback(
    body: Subgraph,
    cotangents: readonly (Tensor | undefined)[],
    wrt: readonly Tensor[],
  ): readonly (Tensor | undefined)[];
  /** Which outputs of a body have a path to some of its formals and captures that a gradient can take. */
  dependent(body: Subgraph, wrt: readonly Tensor[]): readonly boolean[];
  /** The outputs with other tensors in place of some sources, such as the formals of a body. */
  substitute(outputs: readonly Tensor[], from: readonly Tensor[], to: readonly Tensor[]): readonly Tensor[];
}

/** What a batching rule sees: a node some of whose inputs have one more leading axis, of size K. */
export interface BatchContext<A> {
  readonly node: Node;
  readonly attributes: A;
  /** What stands for the node's inputs; the batched ones have one more leading axis. */
  readonly inputs: readonly Tensor[];
  readonly batched: readonly boolean[];
  /** K. */
  readonly size: Dim;
  /** Applies an operation by its slug and gives its first result. */
  emit(slug: string, inputs: readonly Tensor[], attributes?: Attributes): Tensor;
  /** Applies an operation and gives all its results. */
  emitAll(slug: string, inputs: readonly Tensor[], attributes?: Attributes): readonly Tensor[];
  scalar(value: number, dtype: DType): Tensor;
  /** Input `i`, if batched with axes of size 1 after K, such that it broadcasts as before in a node of `rank` axes. */
  aligned(i: number, rank: number): Tensor;
  /** A tensor without the leading axis repeated along it. */
  repeated(tensor: Tensor): Tensor;
  /** Input `i` with the leading axis, repeated along it if it had none. */
  whole(i: number): Tensor;
  /** A body for formals of which some are batched, and which of its outputs then are. */
  body(subgraph: Subgraph, batched: readonly boolean[]): BatchedBody;
}

/** A body for batched formals. */
export interface BatchedBody {
  readonly subgraph: Subgraph;
  /** Which outputs have the leading axis. */
  readonly batched: readonly boolean[];
}

/** Attributes of an ONNX node: integers, strings, lists of them, a real number as `{ float }`, a tensor, or a graph. */
export type OnnxAttributes = Readonly<
  Record<
    string,
    | number
    | string
    | readonly number[]
    | readonly string[]
    | { readonly float: number }
    | TensorValue
    | GraphProto
  >
>;

/** What an ONNX lowering sees: names of values, and ways to write nodes and constants. */
export interface OnnxContext<A> {
  readonly node: Node;
  readonly attributes: A;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Writes a node and gives the name of its first output; without `outputs` a fresh name. */
  emit(
    opType: string,
    inputs: readonly string[],
    options?: { outputs?: readonly string[]; attributes?: OnnxAttributes; domain?: string },
  ): string;
  /** The name of a vector of int64. */
  ints(values: readonly number[]): string;
  /** The name of a vector of strings. */
  strings(values: readonly string[]): string;
  scalar(value: number, dtype: DType): string;
  /** A loop's body: formal inputs and outputs with the condition that ONNX wants. */
  body(subgraph: Subgraph): GraphProto;
}

/** What a reference implementation sees. */
export interface ReferenceContext<A> {
  readonly node: Node;
  readonly attributes: A;
  readonly inputs: readonly Value[];
  run(subgraph: Subgraph, formals: readonly Value[]): readonly Value[];
}

/** All there is to know about an operation, in one place. */
export interface OpDefinition<A extends Attributes = Attributes> {
  /** The file's name. */
  readonly slug: string;
  infer(context: Inference<A>): readonly TensorType[];
  /** `"zero"`: the gradient is zero by definition. Absent when there is a `vjp`. */
  readonly differentiable?: "zero";
  /** Cotangents of the inputs, and after them of the captures. */
  vjp?(context: VjpContext<A>): readonly (Tensor | undefined)[];
  /**
   * The same node for K values of some inputs at once: results with the leading axis, or without where they do not depend on
   * it. Absent, or undefined for inputs it does not cover: the node is applied to each in turn.
   */
  batch?(context: BatchContext<A>): readonly Tensor[] | undefined;
  onnx(context: OnnxContext<A>): void;
  /** Exact values in float64; the caller rounds to the result's type. */
  reference(context: ReferenceContext<A>): readonly Value[];
}

/** Applies one operation to tensors. */
export type Apply<A> = (inputs: readonly Tensor[], attributes: A) => readonly Tensor[];

/** The function that builds an operation's nodes, with its definition attached. */
export type Op<F> = F & { readonly definition: OpDefinition };

/**
 * Defines an operation once: shape rule, gradient, batching, ONNX lowering, reference, and the function people call.
 *
 * @param build gets a function that applies the operation and returns the public one.
 */
export function defineOp<A extends Attributes, F extends (...args: never[]) => Tensor | Tensor[]>(
  definition: OpDefinition<A>,
  build: (apply: Apply<A>) => F,
): Op<F> {
  const plain: OpDefinition = definition;
  return Object.assign(
    build((inputs, attributes) => applyOp(plain, inputs, attributes)),
    { definition: plain },
  );
}

/**
 * Makes a node after checking its shapes.
 *
 * @throws {ShapeError} if the inputs do not fit; it names layer, operation and shapes.
 */
export function applyOp(
  definition: OpDefinition,
  inputs: readonly Tensor[],
  attributes: Attributes,
): readonly Tensor[] {
  const layer = currentLayer();
  const fail: Inference<Attributes>["fail"] = (subject, expected, fix, got) =>
    new ShapeError({
      where: layer || "graph",
      subject: `${definition.slug} ${subject}`,
      expected,
      got: got ?? inputs.map(({ shape }) => formatShape(shape)).join(" and "),
      ...(fix !== undefined && { fix }),
    });
  const outputs = definition.infer({ inputs, attributes, fail });
  return results({ op: definition.slug, inputs, attributes, layer, outputs });
}

/** The results of a node as tensors. */
export function results(node: Node): readonly Tensor[] {
  return node.outputs.map(({ shape, dtype }, index) => ({ node, index, shape, dtype }));
}

/** The error of a gradient rule that has to know the sizes along its axis. */
export function needsSizes({ op, layer }: Node): ShapeError {
  const problem = "has a gradient along axes of known size only";
  const fix = "Give the axis a number instead of a name.";
  return new ShapeError({ where: layer || "graph", subject: op, problem, fix });
}
