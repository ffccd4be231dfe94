import * as g from "./index.js";
import { broadcastShapes, product } from "./shape.js";
import type { Tensor } from "./tensor.js";

/**
 * One more tensor from two others and a number that settles sizes and axes; undefined where their shapes do not suit. Values
 * stay moderate, and what has kinks is kept away from ties.
 */
export type Step = (x: Tensor, y: Tensor, k: number) => Tensor | undefined;

const sizes = ({ shape }: Tensor): readonly number[] => shape.map(Number);
const count = (x: Tensor): number => product(sizes(x));

function fixed(shape: readonly number[], { dtype }: Tensor, element: (i: number) => number): Tensor {
  const data = Float64Array.from({ length: product(shape) }, (_, i) => element(i));
  return g.constant({ dtype, shape, data: dtype === "float64" ? data : Float32Array.from(data) });
}

const places = (shape: readonly number[], element: (i: number) => number): Tensor =>
  g.constant({
    dtype: "int64",
    shape,
    data: BigInt64Array.from({ length: product(shape) }, (_, i) => BigInt(element(i))),
  });

const number = (x: Tensor, value: number): Tensor => g.scalar(value, x.dtype);
const calm = (x: Tensor): Tensor => g.tanh(x);
const above = (x: Tensor): Tensor => g.add(g.square(calm(x)), number(x, 0.4));
/** No two elements alike, none near 0. */
const apart = (x: Tensor): Tensor =>
  g.add(
    g.mul(calm(x), number(x, 0.3)),
    fixed(sizes(x), x, (i) => (i % 2 === 0 ? 0.71 : -0.83) * (1 + 0.9 * i)),
  );
const flat = (x: Tensor): Tensor => g.reshape(x, [count(x)]);
const total = (x: Tensor): Tensor => g.reduceSum(flat(x), [0]);
/** The second where it broadcasts with the first to something small, else its sum. */
const beside = (x: Tensor, y: Tensor): Tensor => {
  const shape = broadcastShapes(x.shape, y.shape);
  return shape && product(shape.map(Number)) <= 36 ? y : total(y);
};
const axisOf = (x: Tensor, k: number): number | undefined =>
  x.shape.length === 0 ? undefined : k % x.shape.length;
/** Elements of x, repeated or cut to a shape. */
function filled(x: Tensor, shape: readonly number[]): Tensor | undefined {
  if (count(x) === 0) return undefined;
  return g.gather(
    flat(x),
    places(shape, (i) => i % count(x)),
    0,
  );
}

type Axis = (x: Tensor, axis: number, size: number, k: number) => Tensor;
/** Along one axis with at least so many elements. */
const along =
  (least: number, step: Axis): Step =>
  (x, _, k) => {
    const axis = axisOf(x, k);
    if (axis === undefined || sizes(x)[axis]! < least) return undefined;
    return step(x, axis, sizes(x)[axis]!, k);
  };
const each =
  (step: (x: Tensor) => Tensor): Step =>
  (x) =>
    step(x);
const matrices =
  (step: (a: Tensor, y: Tensor) => Tensor): Step =>
  (x, y, k) => {
    const n = 1 + (k % 3);
    const filledIn = filled(calm(x), k % 2 === 0 ? [n, n] : [2, n, n]);
    const eye = fixed([n, n], x, (i) => (i % (n + 1) === 0 ? 3 : 0));
    return filledIn && step(g.add(filledIn, eye), y);
  };

/** A step for each operation that has a gradient, by slug. */
export const EXPRESSION_STEPS: Readonly<Record<string, Step>> = {
  abs: each((x) => g.abs(apart(x))),
  add: (x, y) => g.add(x, beside(x, y)),
  cast: each((x) => g.cast(g.cast(x, "float64"), x.dtype === "float32" ? "float32" : "float64")),
  cholesky: matrices((a) => g.cholesky(g.matmul(a, a, { transposeB: true }))),
  clip: each((x) => g.clip(apart(x), -1.5, 1.3)),
  concat: (x, y, k) => g.concat(k % 2 === 0 ? [flat(x), flat(y)] : [flat(x), flat(x), flat(y)], 0),
  conv: (x, y, k) => {
    const [image, kernel] = [filled(calm(x), [1, 2, 4]), filled(calm(y), [2, 2, 1 + (k % 3)])];
    return image && kernel && g.conv(image, kernel, { padding: k % 2, strides: 1 + (k % 2) });
  },
  "conv-transpose": (x, y, k) => {
    const [image, kernel] = [filled(calm(x), [1, 2, 3]), filled(calm(y), [2, 1, 1 + (k % 3)])];
    return image && kernel && g.convTranspose(image, kernel, { strides: 1 + (k % 2) });
  },
  cos: each(g.cos),
  "cum-sum": along(0, (x, axis, _, k) => g.cumSum(x, axis, { exclusive: k % 2 === 0, reverse: k % 3 === 0 })),
  det: matrices((a) => g.mul(g.det(a), number(a, 0.05))),
  div: (x, y) => g.div(x, above(beside(x, y))),
  "dynamic-slice": along(1, (x, axis, size, k) => {
    const length = 1 + (k % size);
    return g.dynamicSlice(x, g.scalar(size - length, "int64"), length, axis);
  }),
  elu: each((x) => g.elu(apart(x))),
  erf: each(g.erf),
  exp: each((x) => g.exp(calm(x))),
  expand: (x, _, k) => (count(x) > 12 ? undefined : g.expand(x, [1 + (k % 2), ...sizes(x)])),
  "expand-like": (x, y) => (count(y) > 36 ? undefined : g.expandLike(total(x), y)),
  gather: along(1, (x, axis, size, k) =>
    g.gather(
      x,
      places([1 + (k % 3)], (i) => (i * 2 + k) % size),
      axis,
    ),
  ),
  "gather-elements": along(1, (x, axis, size) =>
    g.gatherElements(
      x,
      places(sizes(x), (i) => (i * 3 + 1) % size),
      axis,
    ),
  ),
  "layer-norm": along(2, (x) => {
    const features = sizes(x).at(-1)!;
    const scale = fixed([features], x, (i) => 1 - 0.3 * i);
    return g.layerNorm(x, scale, g.neg(scale), { epsilon: 0.2 });
  }),
  "leaky-relu": each((x) => g.leakyRelu(apart(x), 0.2)),
  log: each((x) => g.log(above(x))),
  "log-softmax": along(1, (x, axis) => g.logSoftmax(x, axis)),
  "log-sum-exp": along(1, (x, axis) => g.logSumExp(x, axis)),
  loop: (x, y) => {
    const factor = calm(total(y));
    const { carried, scans } = g.loop({
      trips: g.scalar(2, "int64"),
      carried: [x],
      body: (i, [at]) => ({
        carried: [g.add(g.mul(calm(at!), factor), g.cast(i, x.dtype as "float32"))],
        scans: [g.sin(at!)],
      }),
    });
    return g.add(carried[0]!, g.reduceSum(scans[0]!, [0]));
  },
  matmul: (x, y, k) => {
    const [n, m] = [k % 4, 1 + (k % 3)];
    const [a, b] = [filled(calm(x), [n, m]), filled(calm(y), k % 2 === 0 ? [m, 2] : [2, m, 2])];
    return a && b && g.matmul(a, b);
  },
  "max-pool": (x, _, k) => {
    const image = filled(x, [1, 1, 4]);
    return image && g.maxPool(apart(image), 2, { strides: 1 + (k % 2) });
  },
  "max-unpool": (x) => {
    const pooled = filled(x, [1, 1, 3]);
    return (
      pooled &&
      g.maxUnpool(
        pooled,
        places([1, 1, 3], (i) => 2 * i),
        fixed([1, 1, 6], x, () => 0),
      )
    );
  },
  maximum: (x, y) => g.maximum(apart(x), calm(total(y))),
  minimum: (x, y) => g.minimum(apart(x), calm(total(y))),
  mul: (x, y) => g.mul(calm(x), beside(x, y)),
  neg: each(g.neg),
  pad: along(0, (x, axis, _, k) => {
    if (count(x) > 24) return g.neg(x);
    const beforeAxis = x.shape.map((_size, i) => (i === axis ? k % 2 : 0));
    return g.pad(
      x,
      beforeAxis,
      x.shape.map((_size, i) => (i === axis ? 1 : 0)),
    );
  }),
  pow: (x, _, k) => g.pow(above(x), [2, 3, -1, 0.5, 1.7][k % 5]!),
  reciprocal: each((x) => g.reciprocal(above(x))),
  "reduce-max": along(1, (x, axis) => g.reduceMax(apart(x), [axis])),
  "reduce-mean": along(1, (x, axis, _, k) => g.reduceMean(x, [axis], { keepDims: k % 2 === 0 })),
  "reduce-min": along(1, (x, axis) => g.reduceMin(apart(x), [axis], { keepDims: true })),
  "reduce-prod": along(0, (x, axis) => g.reduceProd(calm(x), [axis])),
  "reduce-sum": along(0, (x, axis, _, k) => g.reduceSum(x, [axis], { keepDims: k % 2 === 0 })),
  relu: each((x) => g.relu(apart(x))),
  reshape: (x, _, k) => g.reshape(x, k % 2 === 0 ? [-1] : [...x.shape, 1]),
  "scatter-add": (x, _, k) => {
    const rows = filled(x, [3, 2]);
    return (
      rows &&
      g.scatterAdd(
        rows,
        places([3], (i) => (i * k) % 2),
        fixed([2, 2], x, () => 0),
        0,
      )
    );
  },
  "scatter-elements": (x) => {
    const rows = filled(x, [2, 3]);
    const like = fixed([2, 4], x, () => 0);
    return (
      rows &&
      g.scatterElements(
        rows,
        places([2, 3], (i) => (i * 3) % 4),
        like,
        1,
      )
    );
  },
  "scatter-rows": (x, y, k) => {
    const [rows, updates] = [filled(x, [3, 2]), filled(calm(y), [2, 2])];
    return (
      rows &&
      updates &&
      g.scatterRows(
        rows,
        places([2], (i) => (k + i) % 3),
        updates,
      )
    );
  },
  sigmoid: each(g.sigmoid),
  sin: each(g.sin),
  slice: along(0, (x, axis, size, k) => g.slice(x, [k % 2], [Math.max(1, size - (k % 3))], [axis])),
  softmax: along(1, (x, axis) => g.softmax(x, axis)),
  softplus: each(g.softplus),
  solve: matrices((a, y) => {
    const n = sizes(a).at(-1)!;
    const right = filled(calm(y), [n, 2]);
    return right ? g.solve(a, right) : g.inverse(a);
  }),
  split: along(2, (x, axis, size, k) => {
    const [first, second] = g.split(x, [1 + (k % (size - 1)), size - 1 - (k % (size - 1))], axis);
    return k % 3 === 0 ? second! : g.mul(first!, calm(total(second!)));
  }),
  sqrt: each((x) => g.sqrt(above(x))),
  square: each((x) => g.square(calm(x))),
  sub: (x, y) => g.sub(beside(y, x), y),
  tanh: each(g.tanh),
  "top-k": along(
    1,
    (x, axis, size, k) => g.topK(apart(x), k % (size + 1), axis, { largest: k % 2 === 0 })[0],
  ),
  transpose: (x, _, k) => {
    const rank = x.shape.length;
    return g.transpose(
      x,
      x.shape.map((_size, i) => (i + k) % rank),
    );
  },
  where: (x, y, k) => {
    const picked = fixed(sizes(x), x, (i) => ((i * 5 + k) % 3) - 1);
    return g.where(g.greater(picked, number(x, 0)), x, g.expandLike(total(y), x));
  },
};
