import { describe, expect, it } from "vitest";
import { DataError, ShapeError } from "../base/errors.js";
import * as g from "./index.js";

const x = g.input("x", "float32", [32, 128]);
const w = g.input("w", "float32", [64, 10]);
const whole = g.input("whole", "int64", [2]);

describe("tracing", () => {
  it("stamps nested layers on nodes, also after an error inside", () => {
    expect(g.layer("trunk", () => g.layer("1", () => g.neg(x))).node.layer).toBe("trunk.1");
    expect(() =>
      g.layer("a", () => {
        throw new RangeError("inside");
      }),
    ).toThrow("inside");
    expect(g.neg(x).node.layer).toBe("");
  });

  it("stamps gradients with the layer of what they are the gradient of", () => {
    const loss = g.layer("loss", () =>
      g.reduceMean(
        g.layer("inner", () => g.exp(x)),
        [0, 1],
      ),
    );
    const [d] = g.gradients(loss, [x]);
    expect(g.dump({ d: d! })).toMatch(/ = mul .*# loss\.inner/);
  });

  it.each([
    [
      () => g.matmul(x, w),
      "matmul inputs must be [.., n, k] and [.., k, m], got [32, 128] and [64, 10]. The sizes k must agree and leading sizes must broadcast.",
    ],
    [
      () => g.matmul(x, w, { transposeB: true }),
      "matmul inputs must be [.., n, k] and [.., m, k], got [32, 128] and [64, 10]. The sizes k must agree and leading sizes must broadcast.",
    ],
    [
      () => g.add(x, w),
      "add inputs must be of shapes that broadcast, got [32, 128] and [64, 10]. Sizes must be equal or 1, counted from the last axis.",
    ],
    [
      () => g.add(g.input("a", "float32", ["n"]), g.input("b", "float32", ["m"])),
      "add inputs must be of shapes that broadcast, got [n] and [m]. Sizes must be equal or 1, counted from the last axis.",
    ],
    [() => g.mul(x, whole), "mul inputs must be of one type, got float32 and int64. Cast one of them."],
    [() => g.exp(whole), "exp input must be of type float32, float64, got int64. Cast it."],
    [
      () => g.reshape(x, [5, -1]),
      "reshape shape must be of as many elements as [32, 128], got [5, -1]. Both must hold the same number of elements, or use -1 for one size.",
    ],
    [() => g.reduceSum(x, [2]), "reduce-sum axes must be distinct and inside the rank 2, got [2]."],
    [
      () => g.split(x, [1, 2], 1),
      "split sizes must be whole numbers that sum to 128, the size of axis 1, got [1, 2].",
    ],
    [
      () => g.concat([x, w], 0),
      "concat inputs must be of equal sizes outside axis 0, got [32, 128] and [64, 10].",
    ],
    [
      () => g.expand(w, ["n", 64, 10]),
      "expand shape must be made of known sizes, got [n, 64, 10]. Use expandLike for a symbolic size.",
    ],
    [() => g.transpose(x, [0, 0]), "transpose perm must be each axis of rank 2 once, got [0, 0]."],
    [() => g.where(x, x, x), "where condition must be of type bool, got float32. Compare first."],
    [() => g.gather(x, x, 0), "gather indices must be of type int32 or int64, got float32. Cast them."],
    [() => g.softmax(x, 2), "softmax axis must be inside the rank 2, got 2."],
    [
      () => g.constant({ dtype: "float32", shape: [2], data: Float32Array.of(1) }),
      "data of a constant must be as many as the shape's elements, got 1 for [2].",
    ],
  ])("refuses what does not fit in one sentence %#", (build: () => unknown, message) => {
    expect(() => g.layer("trunk.1", build)).toThrow(ShapeError);
    expect(() => g.layer("trunk.1", build)).toThrow(`trunk.1: ${message}`);
  });

  it("infers sizes of symbolic shapes", () => {
    const rows = g.input("rows", "float32", ["batch", 4]);
    expect(g.reshape(rows, [-1]).shape).toEqual(["4*batch"]);
    expect(g.reshape(rows, [-1, 2, 2]).shape).toEqual(["batch", 2, 2]);
    expect(g.concat([rows, g.input("more", "float32", [3, 4])], 0).shape).toEqual(["batch+3", 4]);
    expect(g.matmul(rows, g.input("m", "float32", [4, 2])).shape).toEqual(["batch", 2]);
  });
});

describe("evaluate", () => {
  const y = g.add(g.input("a", "float32", ["n"]), g.input("b", "float32", ["n"]));
  const two = { dtype: "float32", shape: [2], data: Float32Array.of(1, 2) } as const;
  const three = { dtype: "float32", shape: [3], data: Float32Array.of(1, 2, 3) } as const;

  it("rounds to float32 after each operation", () => {
    const a = { dtype: "float32", shape: [2], data: Float32Array.of(16777216, 0.1) } as const;
    const b = { dtype: "float32", shape: [2], data: Float32Array.of(1, 0.2) } as const;
    const expected = Float32Array.of(16777216, Math.fround(Math.fround(0.1) + Math.fround(0.2)));
    expect(g.evaluate({ y }, { a, b })["y"]!.data).toEqual(expected);
  });

  it("names an input that is missing or does not fit", () => {
    expect(() => g.evaluate({ y }, { a: two })).toThrow(
      "evaluate: input b must be float32 [n], got nothing.",
    );
    expect(() => g.evaluate({ y }, { a: two, b: three })).toThrow(
      "input b must be float32 [n], got float32 [3] although n is 2.",
    );
    expect(() => g.evaluate({ y }, { a: two, b: three })).toThrow(DataError);
  });
});

describe("dump", () => {
  it("writes one node a line", () => {
    const a = g.input("a", "float32", ["n", 2]);
    const out = g.layer("head", () => g.relu(g.add(a, g.scalar(1))));
    expect(g.dump({ out })).toBe(
      [
        '%0 = input {name="a"} (): float32 [n, 2]',
        "%1 = constant {value=[1]} (): float32 []  # head",
        "%2 = add (%0, %1): float32 [n, 2]  # head",
        "%3 = relu (%2): float32 [n, 2]  # head",
        'output "out" = %3',
      ].join("\n"),
    );
  });
});
