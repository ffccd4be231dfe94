import { describe, expect, it } from "vitest";
import { ShapeError } from "../base/errors.js";
import { bothWays, difference } from "./checks.contract.js";
import * as g from "./index.js";
import { product } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** Numbers that repeat after eleven: the same were given to NumPy 2 and PyTorch 2.15 in float64, from which all expected values come. */
function sequence(shape: readonly number[], step = 0.37, offset = 0): Tensor {
  const data = Float64Array.from(
    { length: product(shape) },
    (_, i) => (((i * 7 + 3) % 11) - 5) * step + offset,
  );
  return g.constant({ dtype: "float64", shape, data });
}

function identity(n: number, factor = 1): Tensor {
  const data = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? factor : 0));
  return g.constant({ dtype: "float64", shape: [n, n], data });
}

const sum = (x: Tensor): Tensor =>
  g.reduceSum(
    x,
    x.shape.map((_, axis) => axis),
  );
const values = (x: Tensor): number[] => Array.from(g.evaluate({ x }, {})["x"]!.data, Number);

function expectNear(x: Tensor, expected: readonly number[]): void {
  const found = values(x);
  expect(found).toHaveLength(expected.length);
  found.forEach((number, i) => expect(number).toBeCloseTo(expected[i]!, 9));
}

const a = g.add(sequence([2, 3, 3]), identity(3, 2.5));
const definite = (x: Tensor): Tensor => g.add(g.matmul(x, x, { transposeB: true }), identity(3));

describe("linear algebra on small matrices", () => {
  it("has the values of NumPy", () => {
    expectNear(g.det(a), [21.01775, 2.433982]);
    expectNear(g.trace(a), [7.87, 4.54]);
    expectNear(
      g.inverse(a),
      [
        0.40334479190208283, -0.16794376182036616, -0.07006458826468105, 0.11249063291741504,
        0.20441769456768685, -0.01954062637532562, 0.22163647393274732, -0.2232208490442603,
        0.43098333551402984, 1.2027204802664937, -0.31010911337881714, 0.5350902348497237,
        -1.4502161478597624, 0.7223553830718551, -0.26602497471222075, -1.7451238341121666, 0.449962242941813,
        0.20398671806118523,
      ],
    );
    expectNear(
      g.solve(a, sequence([2, 3, 2], 0.21)),
      [
        -0.26352725672348376, 0.5293166014440176, -0.020732476121373595, -0.010667983014356923,
        0.2220623044807365, 0.3733474325272687, -0.720424390977419, 0.8585905729787653, 0.9547564443779781,
        -1.5603788359979656, 1.4570863712221371, -1.6575627921652665,
      ],
    );
    expectNear(
      g.cholesky(definite(a)),
      [
        2.7671284755139216, 0, 0, 1.954878513183363, 3.7750430459392117, 0, 0.08557607718449735,
        1.5611236994526185, 2.552443834841637, 1.5867261893597142, 0, 0, 2.613998576322551,
        2.6567859234390108, 0, 0.1305833365513495, 0.47593422300528493, 1.996806101650201,
      ],
    );
  });

  it("has the gradients of PyTorch", () => {
    const gradient = (y: Tensor): Tensor =>
      g.gradients(sum(g.mul(y, sequence(y.shape.map(Number), 0.3, 0.1))), [a])[0]!;
    expectNear(
      gradient(g.det(a)),
      [
        -4.2387, -1.18215, -2.32915, 1.7649, -2.1482, 2.3458, 0.7363, 0.20535, -4.52915, 4.68384, -5.64768,
        -6.79616, -1.20768, 2.81312, 1.75232, 2.08384, -1.036, 0.7944,
      ],
    );
    expectNear(
      gradient(g.inverse(a)),
      [
        0.39512847048772726, -0.14438024158978452, 0.28957395268566755, -0.10508082004904218,
        0.027524662001109656, -0.08637578546069878, 0.21193078928603848, -0.014631659270129174,
        0.20942501172741376, 6.2453240902900875, -8.500674609418772, -11.491694656183599, -2.088423958888414,
        2.8254644301557468, 3.9300545844695303, 1.3328066448771185, -1.6017801095783828, -1.6602385361723,
      ],
    );
    expectNear(
      gradient(g.cholesky(definite(a))),
      [
        1.6806652366197627, -2.186867849998455, -1.230003533152206, -1.4861070362077795, 0.3700132252752548,
        0.4650011621004734, -1.2790714915303454, -0.02321447573900587, -0.3907982222088411,
        0.9545719811532851, 0.6112454965662548, 1.4308563837734478, 0.9481874099762448, 0.9461294325275484,
        -0.5850783169715252, -0.1470700810453296, 0.864886560635962, -1.1868544167896746,
      ],
    );
  });

  it("undoes itself at size 16 in ONNX Runtime", async () => {
    const n = 16;
    const x = g.input("x", "float32", [n, n]);
    const data = Float32Array.from({ length: n * n }, (_, i) => ((i * 37 + 11) % 101) / 50 - 1);
    const wide = g.add(x, g.cast(identity(n, 4), "float32"));
    const square = g.matmul(wide, wide, { transposeB: true });
    const l = g.cholesky(square);
    const outputs = {
      product: g.matmul(wide, g.inverse(wide)),
      back: g.matmul(l, l, { transposeB: true }),
      square,
    };
    const { ort, reference } = await bothWays(outputs, [x], { x: { dtype: "float32", shape: [n, n], data } });
    const whole = { dtype: "float32", shape: [n, n], data: Float32Array.from(values(identity(n))) } as const;
    for (const found of [ort, reference]) {
      expect(difference(found["product"]!, whole, 1e-4)).toBeUndefined(); // condition number times 2⁻²⁴
      expect(difference(found["back"]!, found["square"]!, 1e-5)).toBeUndefined();
    }
  });

  it("gives what is not finite for singular and indefinite matrices, and 0 as determinant", async () => {
    const x = g.input("x", "float32", [2, 2]);
    const outputs = { inverse: g.inverse(x), cholesky: g.cholesky(g.neg(x)), det: g.det(x) };
    const feeds = { x: { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 2, 4) } as const };
    const { ort, reference } = await bothWays(outputs, [x], feeds);
    for (const found of [ort, reference]) {
      expect(Array.from(found["inverse"]!.data, Number).some(Number.isFinite)).toBe(false);
      expect(Number(found["cholesky"]!.data[0])).toBeNaN();
      expect(Math.abs(Number(found["det"]!.data[0]))).toBe(0);
    }
  });

  it.each([
    [
      () => g.det(g.input("x", "float32", [2, 3])),
      "det matrix must be [.., n, n], n known and at least 1, got [2, 3].",
    ],
    [
      () => g.cholesky(g.input("x", "float32", ["n", "n"])),
      "cholesky matrix must be [.., n, n], n known and in [1, 32]",
    ],
    [() => g.solve(a, sequence([3, 4, 2])), "solve right side must be [.., 3, m], m known, got [3, 4, 2]."],
    [() => g.solve(a, g.input("b", "float32", [3, 1])), "solve inputs must be of one type"],
    [() => g.inverse(g.input("x", "float32", [2, 3])), "inverse input must be [.., n, n], got [2, 3]."],
    [() => g.trace(g.input("x", "float32", ["n", 3])), "diagonal input must be [.., n, m] of known n and m"],
    [() => g.outer(g.scalar(1), g.scalar(2)), "outer inputs must be [.., n] and [.., m], got []."],
  ])("refuses what does not fit %#", (build: () => unknown, message) => {
    expect(build).toThrow(ShapeError);
    expect(build).toThrow(message);
  });
});
