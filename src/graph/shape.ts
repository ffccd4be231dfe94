import type { DType, Dim } from "./tensor.js";

/** Extents of a tensor, outermost first. */
export type Shape = readonly Dim[];

/** Whether values of this type are real numbers, hence have gradients. */
export const isFloat = (dtype: DType): boolean => dtype === "float32" || dtype === "float64";

/** A shape as people read it: `[batch, 64]`. */
export const formatShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/** Whether two shapes are the same, symbolic sizes by name. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

/** The extents of a shape as numbers, or undefined when one is symbolic. */
export function staticShape(shape: Shape): readonly number[] | undefined {
  return shape.every((dim) => typeof dim === "number") ? shape : undefined;
}

/** Product of sizes; 1 for none. */
export const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

/** The shape both broadcast to, aligned at the end, or undefined when they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const result: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return undefined;
    result.push(x === 1 ? y : x);
  }
  return result;
}

/** An axis counted from the front, or undefined when it is outside the rank. */
export function normalizeAxis(axis: number, rank: number): number | undefined {
  const positive = axis < 0 ? axis + rank : axis;
  return Number.isInteger(positive) && positive >= 0 && positive < rank ? positive : undefined;
}

/** Number of elements as a static factor and the symbolic ones, sorted: `[4, "batch"]` → 4 and `["batch"]`. */
export function elementFactors(shape: Shape): { readonly size: number; readonly symbols: readonly string[] } {
  let size = 1;
  const symbols: string[] = [];
  for (const dim of shape) {
    for (const factor of typeof dim === "number" ? [dim] : dim.split("*")) {
      const number = Number(factor);
      if (factor !== "" && Number.isInteger(number)) size *= number;
      else symbols.push(String(factor));
    }
  }
  return { size, symbols: symbols.sort() };
}

/** The number of elements of a shape as one size; symbolic ones by name, as `reshape` names them: `"4*batch"`. */
export function productDim(dims: Shape): Dim {
  const { size, symbols } = elementFactors(dims);
  if (symbols.length === 0) return size;
  return [...(size === 1 ? [] : [size]), ...symbols].join("*");
}

/** Sizes of symbolic extents, read off a tensor's real shape. */
export function bindings(shape: Shape, real: readonly number[]): ReadonlyMap<string, number> {
  return new Map(shape.flatMap((dim, i) => (typeof dim === "string" ? [[dim, real[i]!] as const] : [])));
}

/** Row-major strides of a real shape. */
export function strides(shape: readonly number[]): number[] {
  const result = Array.from<number>({ length: shape.length }).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) result[i] = result[i + 1]! * shape[i + 1]!;
  return result;
}
