import type { ConvAttributes } from "./convolution.js";
import type { VjpContext } from "./op.js";
import { product, productDim } from "./shape.js";
import type { Dim, Tensor } from "./tensor.js";

type Emit = Pick<VjpContext<never>, "emit">;

/**
 * The kernel's cotangent as matrix products: the elements that each tap meets, side by side (im2col), times the cotangents
 * of the windows.
 *
 * The sum over rows and windows is one product with the rows as the innermost axis, so that even the lines of tiny images
 * are copied in long pieces. Where the windows have many more channels than a kernel has elements, turning them would cost
 * most: there is a product for each row then. Measured (ONNX Runtime 1.30, one thread, 64 rows, 3 × 3) against a convolution
 * with batch and channels exchanged: 16 to 32 channels of 18 × 18 4.6 ms against 8.9, of 4 × 4 0.18 against 0.44; 1 to 16
 * channels of 36 × 36 0.8 against 1.7, and 1.8 with the rows innermost.
 *
 * @param wide `[N, C, sizes]`, of known sizes.
 * @param narrow `[N, M, windows]`.
 * @returns `[M, C/groups, taps]`.
 * @see Chellapilla et al. 2006, "High Performance Convolutional Neural Networks for Document Processing", section 3.1.
 */
export function kernelCotangent(
  context: Emit,
  wide: Tensor,
  narrow: Tensor,
  taps: readonly number[],
  attributes: ConvAttributes,
): Tensor {
  const { emit } = context;
  const { groups } = attributes;
  const given = { counts: narrow.shape.slice(2).map(Number), taps, attributes };
  if (areTiles(wide, given)) return ofTiles(context, wide, narrow, given);
  const { counts } = given;
  const [rows, channels, outputs] = [wide.shape[0]!, Number(wide.shape[1]), Number(narrow.shape[1])];
  const [width, perGroup, reach] = [channels / groups, outputs / groups, product(taps)];
  const rowsLast = reach * width >= perGroup;
  const turned = (t: Tensor): Tensor => {
    if (!rowsLast) return t;
    return emit("transpose", [t], { perm: [...t.shape.keys()].slice(1).concat(0) }); // [channels, …, N]
  };
  const lead: readonly Dim[] = [...(rowsLast ? [] : [rows]), ...(groups > 1 ? [groups] : [])];
  const places = rowsLast ? productDim([...counts, rows]) : product(counts);
  const flat = (t: Tensor, each: number): Tensor => emit("reshape", [t], { shape: [...lead, each, places] });
  const met = elementsMet(context, turned(wide), rowsLast ? 1 : 2, given);
  const columns = joined(
    context,
    met.map((t) => flat(t, width)),
    lead.length,
  ); // [(N,) (G,) T · C/G, places]
  const products = emit("matmul", [columns, flat(turned(narrow), perGroup)], {
    transposeA: false,
    transposeB: true,
  });
  const sums = rowsLast ? products : emit("reduce-sum", [products], { axes: [0], keepDims: false });
  const apart = emit("reshape", [sums], { shape: [groups, reach, width, perGroup] });
  const ordered = emit("transpose", [apart], { perm: [0, 3, 2, 1] }); // [G, M/G, C/G, T]
  return emit("reshape", [ordered], { shape: [outputs, width, ...taps] });
}

interface Places {
  readonly counts: readonly number[];
  readonly taps: readonly number[];
  readonly attributes: ConvAttributes;
}

/** Whether the windows lie side by side and cover the image, so that no element has to be copied twice. */
function areTiles(wide: Tensor, { counts, taps, attributes }: Places): boolean {
  const { strides, before, after, dilations, groups } = attributes;
  const fits = taps.every(
    (size, i) =>
      size === strides[i] &&
      dilations[i] === 1 &&
      before[i] === 0 &&
      after[i] === 0 &&
      counts[i]! * size === wide.shape[i + 2],
  );
  return fits && groups === 1 && product(taps) > 1;
}

/** The kernel's cotangent for windows side by side: the elements of each window are a row after one move. */
function ofTiles({ emit }: Emit, wide: Tensor, narrow: Tensor, { counts, taps }: Places): Tensor {
  const [rows, channels, outputs] = [wide.shape[0]!, Number(wide.shape[1]), Number(narrow.shape[1])];
  const split = counts.flatMap((count, i) => [count, taps[i]!]);
  const apart = emit("reshape", [wide], { shape: [rows, channels, ...split] });
  const [windows, within] = [counts.map((_, i) => 2 * i + 2), counts.map((_, i) => 2 * i + 3)];
  const moved = emit("transpose", [apart], { perm: [0, ...windows, 1, ...within] }); // [N, windows, C, taps]
  const last = emit("transpose", [narrow], { perm: [0, ...counts.map((_, i) => i + 2), 1] }); // [N, windows, M]
  const places = productDim([rows, ...counts]);
  const lines = emit("reshape", [moved], { shape: [places, channels * product(taps)] });
  const factors = emit("reshape", [last], { shape: [places, outputs] });
  const sums = emit("matmul", [factors, lines], { transposeA: true, transposeB: false });
  return emit("reshape", [sums], { shape: [outputs, channels, ...taps] });
}

/** For each tap the elements that it meets in all windows; spatial axes from `first` on, of sizes `counts` in the results. */
function elementsMet(
  context: Emit,
  wide: Tensor,
  first: number,
  { counts, taps, attributes }: Places,
): readonly Tensor[] {
  const { strides, dilations } = attributes;
  const whole = padded(context, wide, first, attributes);
  const apart = strides.flatMap((stride, i) => [Number(whole.shape[first + i]) / stride, stride]);
  const shape = whole.shape.toSpliced(first, counts.length, ...apart);
  const strided = strides.some((stride) => stride > 1);
  const phases = strided ? context.emit("reshape", [whole], { shape }) : whole; // [.., steps, stride, ..]
  return Array.from({ length: product(taps) }, (_, tap) => {
    const bounds = offsets(tap, taps, dilations).flatMap((offset, i) => {
      const [start, phase] = [Math.floor(offset / strides[i]!), offset % strides[i]!];
      const steps = [start, start + counts[i]!] as const;
      return strided ? [steps, [phase, phase + 1] as const] : [steps];
    });
    return part(context, phases, first, bounds);
  });
}

/** How far a tap lies from the first along each axis. */
function offsets(tap: number, taps: readonly number[], dilations: readonly number[]): readonly number[] {
  let rest = tap;
  return taps
    .toReversed()
    .map((count, i) => {
      const along = rest % count;
      rest = Math.floor(rest / count);
      return along * dilations[taps.length - 1 - i]!;
    })
    .toReversed();
}

/** Zeros before and after, some more after where a stride does not divide the size. */
function padded(
  { emit }: Emit,
  wide: Tensor,
  first: number,
  { strides, before, after }: ConvAttributes,
): Tensor {
  const more = after.map((zeros, i) => {
    const size = Number(wide.shape[first + i]) + before[i]! + zeros;
    return zeros + Math.ceil(size / strides[i]!) * strides[i]! - size;
  });
  if ([...before, ...more].every((zeros) => zeros === 0)) return wide;
  const everywhere = (zeros: readonly number[]) => wide.shape.map((_, axis) => zeros[axis - first] ?? 0);
  return emit("pad", [wide], { before: everywhere(before), after: everywhere(more) });
}

function part(
  { emit }: Emit,
  x: Tensor,
  first: number,
  bounds: readonly (readonly [number, number])[],
): Tensor {
  const cut = bounds.flatMap(([start, end], i) =>
    start === 0 && end === x.shape[first + i] ? [] : [{ axis: first + i, start, end }],
  );
  if (cut.length === 0) return x;
  const [starts, ends, axes] = [
    cut.map(({ start }) => start),
    cut.map(({ end }) => end),
    cut.map(({ axis }) => axis),
  ];
  return emit("slice", [x], { starts, ends, axes });
}

function joined({ emit }: Emit, parts: readonly Tensor[], axis: number): Tensor {
  return parts.length === 1 ? parts[0]! : emit("concat", parts, { axis });
}
