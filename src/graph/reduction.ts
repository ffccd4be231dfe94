import { accepts, acceptedTypes } from "./elementwise.js";
import { type Op, type OnnxContext, type OpDefinition, type VjpContext, defineOp } from "./op.js";
import { type Shape, normalizeAxis, product, strides, sameShape } from "./shape.js";
import type { Dim, Tensor } from "./tensor.js";
import { numbers, value } from "./value.js";

/** Axes are counted from the front and sorted. */
export interface ReductionAttributes {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
  readonly [key: string]: readonly number[] | boolean;
}

type Context<C> = C & { readonly attributes: ReductionAttributes };

/** What differs between reductions. */
export interface Reduction {
  readonly slug: string;
  readonly accepts: "float" | "number";
  readonly onnx: (context: OnnxContext<ReductionAttributes>) => void;
  /** From the values of one group, in order. */
  readonly value: (group: readonly number[]) => number;
  /** Cotangent of x; `g` and `y` come in shapes that broadcast to x's. */
  readonly gradient: (
    context: Context<VjpContext<ReductionAttributes>> & { readonly x: Tensor; readonly y: Tensor },
  ) => Tensor;
}

/** Defines a reduction over static axes. */
export function reductionOp(
  reduction: Reduction,
): Op<(x: Tensor, axes: readonly number[], options?: { keepDims?: boolean }) => Tensor> {
  const { slug } = reduction;
  const definition: OpDefinition<ReductionAttributes> = {
    slug,
    infer({ inputs, attributes, fail }) {
      const { shape, dtype } = inputs[0]!;
      if (!accepts(reduction.accepts, dtype))
        throw fail("input", `of type ${acceptedTypes(reduction.accepts)}`, "Cast it.", dtype);
      const { axes, keepDims } = attributes;
      const valid =
        axes.every((axis) => normalizeAxis(axis, shape.length) === axis) &&
        new Set(axes).size === axes.length;
      if (!valid)
        throw fail("axes", `distinct and inside the rank ${shape.length}`, undefined, `[${axes.join(", ")}]`);
      return [{ shape: reducedShape(shape, axes, keepDims), dtype }];
    },
    vjp(context) {
      const { inputs, outputs, attributes, g } = context;
      const [x, y] = [inputs[0]!, outputs[0]!];
      const kept = (t: Tensor): Tensor => restoreAxes(context, t, y, attributes);
      return [
        reduction.gradient({
          ...context,
          x,
          get y() {
            return kept(y);
          },
          g: kept(g),
        }),
      ];
    },
    batch: ({ inputs, attributes: { axes, keepDims }, emit }) => [
      emit(slug, inputs, { axes: axes.map((axis) => axis + 1), keepDims }),
    ],
    onnx: reduction.onnx,
    reference({ inputs, attributes }) {
      const x = inputs[0]!;
      const { axes, keepDims } = attributes;
      const shape = reducedShape(x.shape, axes, keepDims) as number[]; // real shapes have no symbols
      const groups = Array.from({ length: product(shape) }, (): number[] => []);
      const kept = strides(reducedShape(x.shape, axes, true) as number[]).map((step, axis) =>
        axes.includes(axis) ? 0 : step,
      );
      const steps = strides(x.shape);
      numbers(x).forEach((element, at) => {
        const group = kept.reduce(
          (sum, step, axis) => sum + step * (Math.floor(at / steps[axis]!) % x.shape[axis]!),
          0,
        );
        groups[group]!.push(element);
      });
      return [value(shape, groups.map(reduction.value))];
    },
  };
  return defineOp(definition, (apply) => (x, axes, { keepDims = false } = {}) => {
    const rank = x.shape.length;
    const found = axes.map((axis) => normalizeAxis(axis, rank) ?? axis).sort((a, b) => a - b);
    return found.length === 0 ? x : apply([x], { axes: found, keepDims })[0]!;
  });
}

/** The shape after reducing. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Dim[] {
  return keepDims
    ? shape.map((dim, i) => (axes.includes(i) ? 1 : dim))
    : shape.filter((_, i) => !axes.includes(i));
}

/** Puts size-1 axes where a reduction took them, unless broadcasting does without; `t` is or broadcasts to `y`. */
export function restoreAxes(
  { emit }: Pick<VjpContext<never>, "emit">,
  t: Tensor,
  y: Tensor,
  { axes, keepDims }: ReductionAttributes,
): Tensor {
  if (keepDims || t.shape.length === 0) return t;
  const aligned: Dim[] = [...y.shape.slice(t.shape.length).map(() => 1), ...t.shape];
  const restored: Dim[] = [];
  for (let axis = 0, next = 0; axis < y.shape.length + axes.length; axis++)
    restored.push(axes.includes(axis) ? 1 : aligned[next++]!);
  while (restored[0] === 1 && restored.length > t.shape.length) restored.shift();
  return sameShape(restored, t.shape) ? t : emit("reshape", [t], { shape: restored });
}

/** Writes a reduction whose axes are an attribute in ONNX. */
export function axesAsAttribute(opType: string) {
  return ({
    inputs,
    outputs,
    emit,
    attributes: { axes, keepDims },
  }: OnnxContext<ReductionAttributes>): void => {
    emit(opType, inputs, { outputs, attributes: { axes, keepdims: keepDims ? 1 : 0 } });
  };
}
