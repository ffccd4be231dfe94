import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, ShapeError } from "../base/errors.js";
import { type Values, bothWays, runOnnx } from "./checks.contract.js";
import * as g from "./index.js";
import { squares32 } from "./squares.js";

const seed = g.input("seed", "int64", []);
const step = g.input("step", "int64", []);

const whole = (x: number) => ({ dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(x)) }) as const;
const at = (s: number, t: number): Values => ({ seed: whole(s), step: whole(t) });

async function draw(y: g.Tensor, feeds: Values): Promise<Float32Array> {
  const model = g.toOnnx({ name: "random", inputs: [seed, step], outputs: { y } });
  return (await runOnnx(model, feeds))["y"]!.data as Float32Array; // y is float32
}

const mean = (x: ArrayLike<number>): number => Array.from(x).reduce((sum, each) => sum + each, 0) / x.length;

/** Pearson's statistic against equal frequencies in so many cells, as standard normal deviate. */
function chiSquare(values: ArrayLike<number>, cells: number): number {
  const counts = new Float64Array(cells);
  for (let i = 0; i < values.length; i++) counts[Math.floor(values[i]! * cells)]! += 1;
  const expected = values.length / cells;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (statistic - (cells - 1)) / Math.sqrt(2 * (cells - 1));
}

/** Correlation of two rows, as standard normal deviate. */
function correlation(a: Float32Array, b: Float32Array): number {
  const products = a.map((x, i) => (x - 0.5) * (b[i]! - 0.5));
  return mean(products) * 12 * Math.sqrt(a.length);
}

const LIKELY = 4; // standard deviations: once in 16000 for a sound generator, and the values are fixed

describe("squares", () => {
  // from the C function printed in the paper, compiled by gcc
  it.each([
    [0n, 0xc58efd154ce32f6dn, 2203244565],
    [1n, 0xc58efd154ce32f6dn, 1298422897],
    [2n, 0xc58efd154ce32f6dn, 1600539444],
    [1000000n, 0xc58efd154ce32f6dn, 3212358414],
    [0xffffffffffffffffn, 0xc58efd154ce32f6dn, 2312683815],
    [0n, 0x9e3779b97f4a7c15n, 64031129],
    [1n, 0x9e3779b97f4a7c15n, 1269972172],
    [1000000n, 0x9e3779b97f4a7c15n, 3551365695],
  ])("of counter %s and key %s are those of the paper's function", (counter, key, expected) => {
    expect(squares32(counter, key)).toBe(expected);
  });
});

describe("uniform random values", () => {
  // from the same C function, with key and counter as the operation makes them
  it.each([
    [0, 0, 0, [5071964, 6252107, 5571090, 16625149]],
    [7, 2, 1, [8574658, 9052120, 9905090, 9567408]],
    [-3, 5, 123456, [2217358, 15309206, 14034199, 8217661]],
  ])("of seed %i, stream %i and step %i are known numbers", async (s, stream, t, expected) => {
    const y = g.randomUniform([4], { seed, step, stream });
    const { ort, reference } = await bothWays({ y }, [seed, step], at(s, t));
    const scaled = Float32Array.from(expected, (bits) => bits / 2 ** 24);
    expect(ort["y"]!.data).toEqual(scaled);
    expect(reference["y"]!.data).toEqual(scaled);
  });

  it("agree to the bit between reference and ONNX Runtime for any seed, step and stream", async () => {
    const safe = fc.maxSafeInteger();
    const late = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    await fc.assert(
      fc.asyncProperty(safe, late, fc.nat(1000), fc.nat(40), async (s, t, stream, size) => {
        const y = g.randomUniform([size], { seed, step, stream });
        const { ort, reference } = await bothWays({ y }, [seed, step], at(s, t));
        expect(ort["y"]!.data).toEqual(reference["y"]!.data);
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it("are the same in float64", () => {
    const [a, b] = [
      g.randomUniform([50], { seed, step }),
      g.randomUniform([50], { seed, step }, { dtype: "float64" }),
    ];
    const found = g.evaluate({ a, b }, at(1, 2));
    expect(Array.from(found["b"]!.data, Number)).toEqual(Array.from(found["a"]!.data, Number));
  });

  it("are spread evenly over positions, and lie in [0, 1)", async () => {
    const found = await draw(g.randomUniform([200_000], { seed, step }), at(1, 0));
    expect(Math.abs(chiSquare(found, 1000))).toBeLessThan(LIKELY);
    expect(Math.abs(correlation(found.slice(1), found.slice(0, -1)))).toBeLessThan(LIKELY);
    expect([found.reduce((a, b) => Math.min(a, b)) >= 0, found.reduce((a, b) => Math.max(a, b)) < 1]).toEqual(
      [true, true],
    );
  });

  it("are spread evenly over steps, seeds and streams at one position", () => {
    const [first, second] = [
      g.randomUniform([2], { seed, step }),
      g.randomUniform([2], { seed, step, stream: 1 }),
    ];
    const series = (feed: (i: number) => Values, y = first): number[] =>
      Array.from({ length: 2000 }, (_, i) => Number(g.evaluate({ y }, feed(i))["y"]!.data[0]));
    const rows = [series((i) => at(0, i)), series((i) => at(i, 0)), series((i) => at(i, 0), second)];
    for (const row of rows) expect(Math.abs(chiSquare(row, 50))).toBeLessThan(LIKELY);
  });

  it("do not tell of each other over neighbouring steps, seeds and streams", async () => {
    const size = 50_000;
    const [first, second] = [0, 1].map((stream) => g.randomUniform([size], { seed, step, stream }));
    const base = await draw(first!, at(5, 9));
    const others = [
      await draw(first!, at(5, 10)),
      await draw(first!, at(6, 9)),
      await draw(second!, at(5, 9)),
    ];
    for (const other of others) expect(Math.abs(correlation(base, other))).toBeLessThan(LIKELY);
  });

  it("of a loop are the same however its steps are cut", async () => {
    const [trips, first] = [g.input("trips", "int64", []), g.input("first", "int64", [])];
    const { scans } = g.loop({
      trips,
      carried: [],
      body: (i) => ({ carried: [], scans: [g.randomUniform([3], { seed, step: g.add(first, i) })] }),
    });
    const inputs = [seed, trips, first];
    const model = g.toOnnx({ name: "loop", inputs, outputs: { y: scans[0]! } });
    const run = async (from: number, count: number): Promise<number[]> => {
      const feeds = { seed: whole(11), trips: whole(count), first: whole(from) };
      return Array.from((await runOnnx(model, feeds))["y"]!.data, Number);
    };
    const uncut = await run(0, 7);
    expect(new Set(uncut).size).toBe(21);
    for (const cut of [1, 3, 6])
      expect([...(await run(0, cut)), ...(await run(cut, 7 - cut))]).toEqual(uncut);
  });

  it("have no gradient, and refuse what they cannot be made of", () => {
    const x = g.input("x", "float32", []);
    const [d] = g.gradients(g.mul(x, g.reduceSum(g.randomUniform([2], { seed, step }), [0])), [x]);
    const drawn = g.evaluate({ u: g.randomUniform([2], { seed, step }) }, at(0, 0))["u"]!.data;
    const slope = g.evaluate(
      { d: d! },
      { ...at(0, 0), x: { dtype: "float32", shape: [], data: Float32Array.of(3) } },
    );
    expect(Number(slope["d"]!.data[0])).toBeCloseTo(Number(drawn[0]) + Number(drawn[1]), 6);
    expect(() => g.randomUniform([2], { seed: x, step })).toThrow(
      "graph: random-uniform seed and step must be int64 scalars, got float32 []. Cast them.",
    );
    expect(() => g.randomUniform([2], { seed, step, stream: -1 })).toThrow(ShapeError);
    expect(() => g.dropout(g.input("rows", "float32", ["n"]), 0.5, { seed, step })).toThrow(
      "random-uniform shape must be of known sizes, fewer than 2^32 elements, got [n]",
    );
  });
});

describe("normal random values", () => {
  it("have the moments of the standard normal distribution", async () => {
    const size = 100_001;
    const found = await draw(g.randomNormal([size], { seed, step }), at(2, 3));
    const moment = (power: number): number => mean(Array.from(found, (x) => x ** power));
    const deviations = [1, 15, 96].map((variance) => Math.sqrt(variance / size)); // of the means of x, x³ and x⁴
    expect(Math.abs(moment(1))).toBeLessThan(LIKELY * deviations[0]!);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(LIKELY * Math.sqrt(2 / size));
    expect(Math.abs(moment(3))).toBeLessThan(LIKELY * deviations[1]!);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(LIKELY * deviations[2]!);
    const inside = Array.from(found).filter((x) => Math.abs(x) < 1).length / size;
    expect(Math.abs(inside - 0.6826895)).toBeLessThan(LIKELY * Math.sqrt((0.68 * 0.32) / size));
  });
});

describe("dropout", () => {
  const ones = g.expand(g.scalar(1), [300, 100]);

  it("drops the share it is told and scales up the rest", async () => {
    const found = await draw(g.dropout(ones, 0.3, { seed, step }), at(1, 1));
    const dropped = found.filter((x) => x === 0).length / found.length;
    expect(Math.abs(dropped - 0.3)).toBeLessThan(LIKELY * Math.sqrt(0.21 / found.length));
    expect(new Set(found)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
  });

  it("drops others in another stream, and as many gradients as values", async () => {
    const x = g.input("x", "float32", [300]);
    const [a, b] = [0, 1].map((stream) => g.dropout(x, 0.5, { seed, step, stream }));
    const [d] = g.gradients(g.reduceSum(a!, [0]), [x]);
    const model = g.toOnnx({ name: "t", outputs: { a: a!, b: b!, d: d! } });
    const feed = { dtype: "float32", shape: [300], data: new Float32Array(300).fill(1) } as const;
    const found = await runOnnx(model, { ...at(1, 1), x: feed });
    expect(found["d"]!.data).toEqual(found["a"]!.data);
    expect(found["b"]!.data).not.toEqual(found["a"]!.data);
  });

  it("with rate 0 is the input, and refuses a rate outside", () => {
    expect(g.dropout(ones, 0, { seed, step })).toBe(ones);
    for (const rate of [-0.1, 1, Number.NaN])
      expect(() => g.dropout(ones, rate, { seed, step })).toThrow(ConfigError);
    expect(() => g.dropout(ones, 1, { seed, step })).toThrow("graph: dropout rate must be in [0, 1), got 1.");
  });
});
