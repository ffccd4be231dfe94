import { type Op, type VjpContext, defineOp } from "./op.js";
import { isFloat, normalizeAxis, product, strides } from "./shape.js";
import type { Tensor } from "./tensor.js";
import { numbers, value } from "./value.js";

interface AxisAttributes {
  readonly axis: number;
  readonly [key: string]: number;
}

/** Defines an operation on each line of numbers along one axis. */
export function lineOp(line: {
  readonly slug: string;
  readonly onnx: string;
  readonly value: (x: readonly number[]) => readonly number[];
  readonly gradient: (context: VjpContext<AxisAttributes> & { readonly y: Tensor }) => Tensor;
}): Op<(x: Tensor, axis: number) => Tensor> {
  return defineOp<AxisAttributes, (x: Tensor, axis: number) => Tensor>(
    {
      slug: line.slug,
      infer({ inputs, attributes, fail }) {
        const { shape, dtype } = inputs[0]!;
        if (!isFloat(dtype)) throw fail("input", "of type float32 or float64", "Cast it.", dtype);
        if (normalizeAxis(attributes.axis, shape.length) !== attributes.axis)
          throw fail("axis", `inside the rank ${shape.length}`, undefined, String(attributes.axis));
        return [{ shape, dtype }];
      },
      vjp: (context) => [line.gradient({ ...context, y: context.outputs[0]! })],
      batch: ({ inputs, attributes: { axis }, emit }) => [emit(line.slug, inputs, { axis: axis + 1 })],
      onnx: ({ inputs, outputs, attributes, emit }) =>
        void emit(line.onnx, inputs, { outputs, attributes: { axis: attributes.axis } }),
      reference({ inputs, attributes: { axis } }) {
        const x = inputs[0]!;
        const source = numbers(x);
        const result = new Float64Array(source.length);
        forEachLine(x.shape, axis, (places) => {
          const values = line.value(places.map((place) => source[place]!));
          places.forEach((place, i) => (result[place] = values[i]!));
        });
        return [value(x.shape, result)];
      },
    },
    (apply) => (x, axis) => apply([x], { axis: normalizeAxis(axis, x.shape.length) ?? axis })[0]!,
  );
}

/** Calls `visit` for each line along an axis of a real shape with the places of its elements in row-major order. */
export function forEachLine(
  shape: readonly number[],
  axis: number,
  visit: (places: readonly number[], line: number) => void,
): void {
  const [step, size] = [strides(shape)[axis]!, shape[axis]!];
  const count = product(shape.filter((_, i) => i !== axis));
  for (let line = 0; line < count; line++) {
    const first = Math.floor(line / step) * step * size + (line % step);
    visit(
      Array.from({ length: size }, (_, i) => first + i * step),
      line,
    );
  }
}

/** Softmax of a line, without overflow. */
export function softmaxLine(x: readonly number[]): number[] {
  const most = Math.max(...x);
  const raised = x.map((element) => Math.exp(element - most));
  const sum = raised.reduce((total, element) => total + element, 0);
  return raised.map((element) => element / sum);
}

/** Log of the softmax of a line, without overflow or log of 0. */
export function logSoftmaxLine(x: readonly number[]): number[] {
  const most = Math.max(...x);
  const shift = most + Math.log(x.reduce((sum, element) => sum + Math.exp(element - most), 0));
  return x.map((element) => element - shift);
}
