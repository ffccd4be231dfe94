import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { type Values, bothWays, centralDifferences, difference } from "./checks.contract.js";
import { EXPRESSION_STEPS } from "./expressions.contract.js";
import * as g from "./index.js";
import { OPS } from "./registry.js";
import { product } from "./shape.js";
import type { Tensor } from "./tensor.js";
import { toTensorValue, value } from "./value.js";

interface Plan {
  readonly shapes: readonly (readonly number[])[];
  readonly steps: readonly {
    readonly op: string;
    readonly x: number;
    readonly y: number;
    readonly k: number;
  }[];
  readonly seed: number;
}

const shape = fc.array(fc.constantFrom(0, 1, 1, 2, 3), { maxLength: 3 });
const plan: fc.Arbitrary<Plan> = fc.record({
  shapes: fc.array(shape, { minLength: 1, maxLength: 3 }),
  steps: fc.array(
    fc.record({
      op: fc.constantFrom(...Object.keys(EXPRESSION_STEPS)),
      x: fc.nat(20),
      y: fc.nat(20),
      k: fc.nat(11),
    }),
    { minLength: 3, maxLength: 12 },
  ),
  seed: fc.nat(1_000_000),
});

const MOST = 120; // elements of a tensor, so that a check takes milliseconds

/** All tensors of a random expression, inputs first. */
function traced({ shapes, steps }: Plan, dtype: "float32" | "float64"): { inputs: Tensor[]; made: Tensor[] } {
  const inputs = shapes.map((sizes, i) => g.input(`x${i}`, dtype, sizes));
  const made = [...inputs];
  for (const { op, x, y, k } of steps) {
    const next = EXPRESSION_STEPS[op]!(made[x % made.length]!, made[y % made.length]!, k);
    if (next && product(next.shape.map(Number)) <= MOST) made.push(next);
  }
  return { inputs, made };
}

/** The sum of all elements of all tensors, each with a weight of its own. */
function lossOf(made: readonly Tensor[]): Tensor {
  const sums = made.map((x, i) => {
    const size = product(x.shape.map(Number));
    const weights = Float64Array.from({ length: size }, (_, at) => 0.2 + ((at * 7 + i * 3) % 5) / 4);
    const fixed = g.constant({
      dtype: x.dtype,
      shape: [size],
      data: x.dtype === "float64" ? weights : Float32Array.from(weights),
    });
    return g.reduceSum(g.mul(g.reshape(x, [size]), fixed), [0]);
  });
  return sums.reduce((a, b) => g.add(a, b));
}

function fed({ shapes, seed }: Plan, dtype: "float32" | "float64"): Values {
  const random = seededRandom(seed, "expressions");
  return Object.fromEntries(
    shapes.map((sizes, i) => {
      const data = Array.from({ length: product(sizes) }, () => 2 * random.uniform() - 1);
      return [`x${i}`, toTensorValue(value(sizes, data), dtype)];
    }),
  );
}

const named = (tensors: readonly Tensor[], letter: string): Record<string, Tensor> =>
  Object.fromEntries(tensors.map((tensor, i) => [`${letter}${i}`, tensor]));

describe("random expressions", () => {
  it("are made of every operation that has a gradient", () => {
    const smooth = [...OPS.values()].filter(({ vjp }) => vjp !== undefined).map(({ slug }) => slug);
    expect(Object.keys(EXPRESSION_STEPS).sort()).toEqual(smooth.sort());
    const x = g.input("x", "float32", [2, 3]); // a cast of float64 would be none
    for (const [slug, step] of Object.entries(EXPRESSION_STEPS)) {
      const text = Array.from({ length: 12 }, (_, k) => step(x, x, k)).map((y) => (y ? g.dump({ y }) : ""));
      expect(text.some((lines) => lines.includes(` = ${slug} `))).toBe(true);
    }
  });

  it("have gradients that agree with central differences in float64", () => {
    fc.assert(
      fc.property(plan, (one) => {
        const { inputs, made } = traced(one, "float64");
        const loss = lossOf(made);
        const feeds = fed(one, "float64");
        const found = g.evaluate(named(g.gradients(loss, inputs), "d"), feeds);
        inputs.forEach((_, i) => {
          const exact = centralDifferences(loss, feeds, `x${i}`);
          expect(difference(found[`d${i}`]!, exact, 1e-6)).toBeUndefined(); // a dozen operations over what one leaves
        });
      }),
      { seed: 20, numRuns: 60 },
    );
  });

  it("have the values, shapes and gradients of the reference in ONNX Runtime", async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (one) => {
        const { inputs, made } = traced(one, "float32");
        const outputs = { ...named(made, "y"), ...named(g.gradients(lossOf(made), inputs), "d") };
        const { ort, reference } = await bothWays(outputs, inputs, fed(one, "float32"));
        for (const [name, { shape: inferred, dtype }] of Object.entries(outputs)) {
          expect([ort[name]!.shape, ort[name]!.dtype]).toEqual([inferred, dtype]);
          expect(difference(ort[name]!, reference[name]!, 2e-4)).toBeUndefined(); // float32 through dozens of operations
        }
      }),
      { seed: 21, numRuns: 40 },
    );
  });
});
