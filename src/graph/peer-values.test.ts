import { describe, expect, it } from "vitest";
import { centralDifferences, difference } from "./checks.contract.js";
import * as g from "./index.js";
import { product } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** Numbers that repeat after eleven: the same as were given to PyTorch 2.15 in float64, from which all expected values come. */
function sequence(shape: readonly number[], step = 0.37, offset = 0): Tensor {
  const data = Float64Array.from(
    { length: product(shape) },
    (_, i) => (((i * 7 + 3) % 11) - 5) * step + offset,
  );
  return g.constant({ dtype: "float64", shape, data });
}

const vector = (...data: readonly number[]): Tensor =>
  g.constant({ dtype: "float64", shape: [data.length], data: Float64Array.from(data) });

const sum = (x: Tensor): Tensor =>
  g.reduceSum(
    x,
    x.shape.map((_, axis) => axis),
  );

/** The sum of the elements, each with a weight of its own. */
const weighed = (x: Tensor, step = 0.37, offset = 0): Tensor =>
  sum(g.mul(x, sequence(x.shape as readonly number[], step, offset))); // all shapes here are known

const values = (x: Tensor): number[] => Array.from(g.evaluate({ x }, {})["x"]!.data, Number);

function expectNear(found: readonly Tensor[], expected: readonly number[]): void {
  const numbers = found.flatMap(values);
  expect(numbers).toHaveLength(expected.length);
  numbers.forEach((number, i) => expect(number).toBeCloseTo(expected[i]!, 9));
}

describe("functions of each element", () => {
  const x = vector(-3.2, -0.7, 0, 0.4, 2.5);

  it("have the values of PyTorch", () => {
    const [smallest, least] = [-0.0021988414013307533, -0.1693745565561511];
    expectNear([g.gelu(x)], [smallest, least, 0, 0.2621686966441297, 2.4844758366855597]);
    expectNear(
      [g.silu(x)],
      [-0.12533031294964594, -0.2322685594822837, 0, 0.2394750640449808, 2.3103545499468914],
    );
    expectNear([g.elu(x)], [-0.9592377960216338, -0.5034146962085905, 0, 0.4, 2.5]);
    expectNear([g.leakyRelu(x)], [-0.032, -0.007, 0, 0.4, 2.5]);
    expectNear(
      [g.softsign(x)],
      [-0.7619047619047619, -0.4117647058823529, 0, 0.28571428571428575, 0.7142857142857143],
    );
  });

  it("know the error function to the last places, far out and near 0", () => {
    const expected = [
      -1, -0.9999999998033839, -0.6778011938374184, 1.1283791670955127e-9, 0.9999999999999927,
    ];
    values(g.erf(vector(-7, -4.5, -0.7, 1e-9, 5.5))).forEach((found, i) => {
      expect(Math.abs(found / expected[i]! - 1)).toBeLessThan(5e-16);
    });
  });

  it("take remainders with the sign of the divisor", () => {
    expectNear(
      [g.mod(vector(5.5, -5.5, 5.5, -5.5, 7), vector(3, 3, -3, -3, 3.5))],
      [2.5, 0.5, -0.5, -2.5, 0],
    );
  });
});

describe("sparsemax", () => {
  it("leaves nothing to what is far behind, and is the input where that lies on the simplex", () => {
    expectNear([g.sparsemax(vector(0.1, 1.1, 0.2), 0)], [0, 0.95, 0.05]);
    expectNear([g.sparsemax(vector(0.2, 0.5, 0.3), 0)], [0.2, 0.5, 0.3]);
    expectNear([g.sparsemax(vector(1000, -1000, 1000), 0)], [0.5, 0, 0.5]);
  });
});

describe("normalisations", () => {
  const x = sequence([3, 4, 2]);
  const byChannel = { scale: sequence([4], 0.4, 1), bias: sequence([4], 0.1) };
  const byFeature = { scale: sequence([2], 0.4, 1), bias: sequence([2], 0.1) };
  const started = { mean: vector(0, 0, 0, 0), variance: vector(1, 1, 1, 1) };
  const trained = g.batchNorm(x, byChannel, started, { momentum: 0.3 });

  it("over the batch have the values and the running statistics of PyTorch", () => {
    expectNear([weighed(trained.y, 0.2, 0.4)], [13.607530506005586]);
    expectNear([trained.mean], [-0.1295, 0, 0.1295, 0.0555]);
    expectNear([trained.variance], [1.216113, 0.929992, 1.216113, 1.336585]);
    expectNear([weighed(g.batchNormInference(x, byChannel, trained), 0.2, 0.4)], [14.01536607051637]);
  });

  it("over groups, rows and root mean squares have them too", () => {
    expectNear([weighed(g.groupNorm(x, byChannel, 2), 0.2, 0.4)], [13.997338562138339]);
    expectNear([weighed(g.layerNorm(x, byFeature.scale, byFeature.bias), 0.2, 0.4)], [20.779937180798935]);
    expectNear([weighed(g.rmsNorm(x, byFeature.scale), 0.2, 0.4)], [25.618437365852955]);
  });

  it("let no gradient through the running statistics", () => {
    const input = g.input("x", "float64", [3, 4, 2]);
    const { mean, variance } = g.batchNorm(input, byChannel, started);
    const [d] = g.gradients(g.add(sum(mean), sum(variance)), [input]);
    const feed = { dtype: "float64", shape: [3, 4, 2], data: new Float64Array(24).fill(2) } as const;
    expect(g.evaluate({ d: d! }, { x: feed })["d"]!.data).toEqual(new Float64Array(24));
  });

  it("by rows have second derivatives", () => {
    const input = g.input("x", "float64", [4]);
    const y = g.layerNorm(input, vector(1, 0.5, 2, -1), vector(0, 1, 0, 1));
    const [first] = g.gradients(weighed(g.square(y)), [input]);
    const loss = weighed(g.square(first!));
    const [second] = g.gradients(loss, [input]);
    const feeds = {
      x: { dtype: "float64", shape: [4], data: Float64Array.of(0.3, -1, 0.8, 1.5) } as const,
    };
    const exact = centralDifferences(loss, feeds, "x");
    expect(difference(g.evaluate({ second: second! }, feeds)["second"]!, exact, 1e-6)).toBeUndefined();
  });
});

describe("operations over spatial axes", () => {
  it("convolve as PyTorch does, gradients included", () => {
    const [x, kernel] = [g.input("x", "float64", [2, 4, 5, 6]), g.input("kernel", "float64", [6, 2, 3, 2])];
    const options = { strides: [2, 1], padding: [1, 2], dilations: [1, 2], groups: 2 };
    const y = g.conv2d(x, kernel, { bias: sequence([6], 0.2), ...options });
    expect(y.shape).toEqual([2, 6, 3, 8]);
    const [dx, dk] = g.gradients(sum(g.square(y)), [x, kernel]);
    const outputs = {
      sum: sum(y),
      squares: sum(g.square(y)),
      dx: weighed(dx!, 0.3, 0.1),
      dk: weighed(dk!, 0.3, 0.1),
    };
    const feeds = g.evaluate({ x: sequence([2, 4, 5, 6]), kernel: sequence([6, 2, 3, 2], 0.11) }, {});
    const found = Object.values(g.evaluate(outputs, feeds)).map(({ data }) => Number(data[0]));
    [42.4648, 664.60557856, 918.400395, 3061.5314928].forEach((expected, i) => {
      expect(found[i]).toBeCloseTo(expected, 8);
    });
  });

  it("convolve transposed as PyTorch does", () => {
    const options = { strides: [3, 2], padding: 1, outputPadding: [2, 0], groups: 2 };
    const y = g.convTranspose(sequence([2, 4, 3, 3]), sequence([4, 3, 3, 2], 0.11), options);
    expect(y.shape).toEqual([2, 6, 9, 4]);
    expectNear([sum(y), sum(g.square(y))], [-1.2617, 134.43244595]);
  });

  it("pool as PyTorch does", () => {
    const [x, options] = [sequence([2, 3, 5, 5]), { strides: [2, 1], padding: 1 }];
    const [most, mean] = [g.maxPool(x, [3, 2], options), g.averagePool(x, [3, 2], options)];
    expect([most.shape, mean.shape]).toEqual([
      [2, 3, 3, 6],
      [2, 3, 3, 6],
    ]);
    expectNear(
      [sum(g.square(most)), sum(g.square(mean)), weighed(mean)],
      [221.778, 9.49933888888889, 0.22816666666666707],
    );
  });

  it("resize as PyTorch does", () => {
    const x = sequence([2, 3, 5, 5]);
    const [linear, nearest] = [g.resizeLinear(x, [8, 3]), g.resizeNearest(x, [8, 10])];
    expectNear([sum(g.square(linear)), weighed(linear)], [86.05163229166668, 7.951608333333332]);
    expectNear([sum(g.square(nearest)), weighed(nearest)], [663.1435999999999, -2.874900000000004]);
  });
});

describe("products", () => {
  it("of queries and keys attend as in PyTorch", () => {
    const [query, key, value] = [
      sequence([2, 3, 4]),
      sequence([2, 5, 4], 0.21),
      sequence([2, 5, 2], 0.37, 0.3),
    ];
    const data = Uint8Array.of(1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0);
    const mask = g.constant({ dtype: "bool", shape: [3, 5], data });
    const y = g.attention(query, key, value, { mask });
    expectNear([sum(y), sum(g.square(y))], [5.524453914709155, 11.64390699054838]);
  });

  it("over named axes are those of einsum", () => {
    const y = g.contract("bij,bjk,k->ib", sequence([2, 3, 4]), sequence([2, 4, 5]), sequence([5]));
    expectNear([y], [-11.599537, -2.330038, 12.207373, -7.901868, 5.926401, -4.55877]);
  });
});
