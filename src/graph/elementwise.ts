import { type Apply, type Op, type OnnxContext, type OpDefinition, type VjpContext, defineOp } from "./op.js";
import { broadcastShapes, isFloat } from "./shape.js";
import type { Attributes, DType, Tensor } from "./tensor.js";
import { broadcastSizes, broadcastTo, numbers, value } from "./value.js";

/** Element types an operation takes. */
export type Accepts = "float" | "number" | "bool";

const ACCEPTED: Readonly<Record<Accepts, readonly DType[]>> = {
  float: ["float32", "float64"],
  number: ["float32", "float64", "int32", "int64"],
  bool: ["bool"],
};

/** Whether an element type is among the accepted ones. */
export const accepts = (kind: Accepts, dtype: DType): boolean => ACCEPTED[kind].includes(dtype);

/** The accepted element types in words. */
export const acceptedTypes = (kind: Accepts): string => ACCEPTED[kind].join(", ");

type NoAttributes = Readonly<Record<never, never>>;

/** What differs between operations on each element of one tensor. */
export interface Unary<A extends Attributes> {
  readonly slug: string;
  readonly accepts: Accepts;
  /** Element type of the result when it is not the input's. */
  readonly result?: DType;
  /** ONNX operation, or a lowering. */
  readonly onnx: string | ((context: OnnxContext<A>) => void);
  readonly value: (x: number, attributes: A) => number;
  /** Cotangent of the input; absent when the gradient is zero by definition. */
  readonly gradient?: (context: VjpContext<A> & { readonly x: Tensor; readonly y: Tensor }) => Tensor;
}

/** Defines an operation on each element of one tensor, with attributes given by the builder. */
export function unaryWith<A extends Attributes, F extends (...args: never[]) => Tensor>(
  unary: Unary<A>,
  build: (apply: Apply<A>) => F,
): Op<F> {
  const { slug, gradient } = unary;
  const definition: OpDefinition<A> = {
    slug,
    infer({ inputs, fail }) {
      const { shape, dtype } = inputs[0]!;
      if (!accepts(unary.accepts, dtype))
        throw fail("input", `of type ${acceptedTypes(unary.accepts)}`, "Cast it.", dtype);
      return [{ shape, dtype: unary.result ?? dtype }];
    },
    ...(gradient
      ? { vjp: (context) => [gradient({ ...context, x: context.inputs[0]!, y: context.outputs[0]! })] }
      : { differentiable: "zero" as const }),
    batch: ({ inputs, attributes, emit }) => [emit(slug, inputs, attributes)],
    onnx(context) {
      if (typeof unary.onnx === "string")
        context.emit(unary.onnx, context.inputs, { outputs: context.outputs });
      else unary.onnx(context);
    },
    reference({ inputs, attributes }) {
      const [x] = inputs;
      return [
        value(
          x!.shape,
          numbers(x!).map((element) => unary.value(element, attributes)),
        ),
      ];
    },
  };
  return defineOp(definition, build);
}

/** Defines an operation on each element of one tensor. */
export function unaryOp(unary: Unary<NoAttributes>): Op<(x: Tensor) => Tensor> {
  return unaryWith(unary, (apply) => (x: Tensor) => apply([x], {})[0]!);
}

/** What differs between operations on pairs of elements. */
export interface Binary {
  readonly slug: string;
  readonly accepts: Accepts;
  readonly result?: DType;
  readonly onnx: string;
  readonly value: (a: number, b: number, dtype: DType) => number;
  /** Cotangents before broadcasting is undone, each only made when wanted; absent when zero by definition. */
  readonly gradient?: readonly [PairGradient, PairGradient];
}

/** The cotangent of one of two inputs, still in the shape of the result. */
export type PairGradient = (
  context: VjpContext<NoAttributes> & { readonly a: Tensor; readonly b: Tensor; readonly y: Tensor },
) => Tensor;

/** Defines an operation on pairs of elements, with NumPy broadcasting. */
export function binaryOp(binary: Binary): Op<(a: Tensor, b: Tensor) => Tensor> {
  const { slug, gradient } = binary;
  const definition: OpDefinition<NoAttributes> = {
    slug,
    infer({ inputs, fail }) {
      const [a, b] = [inputs[0]!, inputs[1]!];
      if (a.dtype !== b.dtype)
        throw fail("inputs", "of one type", "Cast one of them.", `${a.dtype} and ${b.dtype}`);
      if (!accepts(binary.accepts, a.dtype))
        throw fail("inputs", `of type ${acceptedTypes(binary.accepts)}`, "Cast them.", a.dtype);
      const shape = broadcastShapes(a.shape, b.shape);
      if (!shape)
        throw fail(
          "inputs",
          "of shapes that broadcast",
          "Sizes must be equal or 1, counted from the last axis.",
        );
      return [{ shape, dtype: binary.result ?? a.dtype }];
    },
    ...(gradient
      ? {
          vjp(context) {
            const [a, b] = [context.inputs[0]!, context.inputs[1]!];
            const y = context.outputs[0]!;
            return context.inputs.map((input, i) =>
              context.wanted[i]
                ? context.reduceTo(gradient[i]!({ ...context, a, b, y }), y, input)
                : undefined,
            );
          },
        }
      : { differentiable: "zero" as const }),
    batch({ node, aligned, emit }) {
      const rank = node.outputs[0]!.shape.length;
      return [emit(slug, [aligned(0, rank), aligned(1, rank)])];
    },
    onnx({ emit, inputs, outputs }) {
      emit(binary.onnx, inputs, { outputs });
    },
    reference({ node, inputs }) {
      const shape = broadcastSizes(inputs[0]!.shape, inputs[1]!.shape);
      const [a, b] = inputs.map((input) => numbers(broadcastTo(input, shape)));
      const { dtype } = node.inputs[0]!;
      return [
        value(
          shape,
          a!.map((element, i) => binary.value(element, b![i]!, dtype)),
        ),
      ];
    },
  };
  return defineOp(definition, (apply) => (a: Tensor, b: Tensor) => apply([a, b], {})[0]!);
}

/** Whether a gradient can flow into a tensor at all. */
export const hasGradient = ({ dtype }: Tensor): boolean => isFloat(dtype);
