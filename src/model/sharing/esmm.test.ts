import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, gradients, input, reduceSum } from "../../graph/index.js";
import { PLAIN } from "../../../test/fixtures/plain-model.js";
import { labelTables } from "../../training/training-data.js";
import { modelLayout } from "../layout.js";
import type { ModelSpec } from "../spec.js";
import { countOf, layerWidths, randomShapes } from "./adapter-shapes.contract.js";
import { OUTPUTS_ALONE, exampleShape, hostBlock } from "./architecture.contract.js";
import { type ByHand, expectByHand, list, memberBias, memberScale, sum } from "./by-hand.contract.js";
import { esmm } from "./esmm.js";

const shapes = randomShapes(esmm, { "shared-layers": fc.constantFrom(0, 1, 2, 5) });
const sigma = (z: number): number => 1 / (1 + Math.exp(-z));
const STEPS = ["seen", "clicked", "bought"];

/** Coupled logits of a chain of three steps and their slopes, row by row. */
function coupled(z: readonly (readonly number[])[]): { logits: number[][]; slopes: number[][] } {
  const inputs = list(3, (k) => k).map((k) => input(`z${k}`, "float64", [1, z.length, 1]));
  const { outputs } = esmm.couple!(exampleShape(esmm), inputs, OUTPUTS_ALONE);
  const found = gradients(reduceSum(outputs[2]!, [0, 1, 2]), inputs);
  const feeds = Object.fromEntries(
    inputs.map((_, k) => [
      `z${k}`,
      { dtype: "float64" as const, shape: [1, z.length, 1], data: Float64Array.from(z, (row) => row[k]!) },
    ]),
  );
  const named = Object.fromEntries([...outputs, ...found].map((one, i) => [`o${i}`, one]));
  const values = evaluate(named, feeds);
  const of = (i: number): number[] => [...(values[`o${i}`]!.data as Float64Array)];
  return { logits: [of(0), of(1), of(2)], slopes: [of(3), of(4), of(5)] };
}

describe("the entire space model", () => {
  it("has a tower for each task over shared layers, and no links", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const [T, M] = [shape.tasks.length, shape.members];
        const expected = layerWidths(shape).map(([read, out], i) => {
          const scaled = i > 0 || shape.adapter === "input" ? read : 0;
          const one = read * out + (M === 1 ? out : M * (scaled + 2 * out));
          return i < shape.options["shared-layers"]! ? one : T * one;
        });
        expect(countOf(esmm, shape)).toBe(sum(expected.length, (i) => expected[i]!));
      }),
    );
    const names = modelLayout(model(0)).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith("links."))).toEqual([]);
  });

  it("computes towers over shared layers", () => {
    fc.assert(
      fc.property(shapes, fc.nat(99), (shape, seed) => expectByHand(esmm, shape, seed, byHand)),
      { numRuns: 30 },
    );
  });

  it("says that a step is as likely as all steps up to it", () => {
    const logit = fc.double({ min: -15, max: 15, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(logit, logit, logit), { minLength: 1, maxLength: 5 }), (z) => {
        const { logits } = coupled(z);
        z.forEach((row, r) => {
          let product = 1;
          row.forEach((x, k) => {
            product *= sigma(x);
            expect(Math.abs(sigma(logits[k]![r]!) / product - 1)).toBeLessThan(1e-9);
          });
        });
      }),
    );
  });

  it("stays exact and finite where probabilities round to 0 or 1", () => {
    const rows = [-800, -50, 0, 50, 800].flatMap((a) =>
      [-800, -50, 0, 50, 800].map((b) => [a, b, 3] as const),
    );
    const { logits, slopes } = coupled(rows);
    rows.forEach(([a, b], r) => {
      const [least, most] = [Math.min(a, b), Math.max(a, b)];
      const expected = least < -40 && most < -40 ? a + b : most > 40 ? least : undefined; // one side is then beyond doubt
      if (expected !== undefined && !(a === b && a > 40)) expect(logits[1]![r]).toBeCloseTo(expected, 9);
      for (const part of [...logits, ...slopes]) expect(Number.isFinite(part[r])).toBe(true);
    });
    expect(coupled([[50, 50, 50]]).logits[2]![0]).toBeCloseTo(50 - Math.log(3), 9);
  });

  it("reads a missing label as not taken where the step before was not taken", () => {
    const none = Number.NaN;
    const truths = {
      seen: Float64Array.of(1, 1, 1, 0, none),
      clicked: Float64Array.of(1, 1, 0, none, none),
      bought: Float64Array.of(1, none, none, none, none),
    };
    const { mask, targets } = labelTables(model(0), { rows: 5, truths });
    expect([...mask]).toEqual([1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
    expect([...targets]).toEqual([1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    const { sharing: _, ...hard } = model(0);
    expect([...labelTables(hard, { rows: 5, truths }).mask]).toEqual([
      1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0,
    ]);
  });

  it("predicts a step given the one before where that is asked for", () => {
    const inputs = list(3, (k) => k).map((k) => input(`z${k}`, "float64", [1, 2, 1]));
    const asked = exampleShape(esmm, { options: { conditional: 1, "shared-layers": 1 } });
    expect(esmm.couple!(asked, inputs, OUTPUTS_ALONE).predicted).toEqual(inputs);
    expect(esmm.couple!(exampleShape(esmm), inputs, OUTPUTS_ALONE).predicted).toBeUndefined();
  });

  it("says what tasks it needs", () => {
    const task = (name: string, kind: string, parents: number[]) => ({
      name,
      kind,
      outputs: 1,
      signal: 1,
      parents,
    });
    const lacks = (...tasks: ReturnType<typeof task>[]) => esmm.lacks!(exampleShape(esmm, { tasks }));
    const [a, b] = [task("a", "binary", []), task("b", "binary", [0])];
    expect(lacks(a, b)).toBeUndefined();
    expect(lacks(a)).toMatch(/^tasks of two classes joined by parent-child links, such as clicked:bought$/);
    expect(lacks(a, task("b", "regression", [0]))).toMatch(/but a:b joins others$/);
    expect(lacks(a, b, task("c", "binary", [0, 1]))).toMatch(/one parent .* c has 2$/);
  });
});

/** A model of three steps. */
function model(conditional: number): ModelSpec {
  const coding = {
    kind: "binary" as const,
    classes: ["n", "y"],
    classType: "string" as const,
    priors: [0.5, 0.5],
    labelled: 5,
  };
  return {
    ...PLAIN,
    inputs: 3,
    trunk: [4, 5],
    tasks: STEPS.map((name) => ({ name, coding })),
    links: [
      { kind: "parent-child", from: "seen", to: "clicked" },
      { kind: "parent-child", from: "clicked", to: "bought" },
    ],
    sharing: { architecture: "esmm", options: { conditional } },
  };
}

function byHand(hand: ByHand, k: number, m: number, row: readonly number[]): readonly number[] {
  const { at, has, shape } = hand;
  const made = (h: readonly number[], [read, out]: readonly [number, number], i: number): number[] => {
    if (i < shape.options["shared-layers"]!)
      return list(out, (o) => {
        const z = sum(
          read,
          (d) => h[d]! * memberScale(hand, i, "input-scale", m, d) * at(`trunk.${i}.weight`, d, o),
        );
        return Math.max(0, z * memberScale(hand, i, "output-scale", m, o) + memberBias(hand, i, m, o));
      });
    const scale = (key: string, place: number): number =>
      has(`trunk.${i}.towers.${key}`) ? at(`trunk.${i}.towers.${key}`, k, m, 0, place) : 1;
    return list(out, (o) => {
      const z = sum(read, (d) => h[d]! * scale("input-scale", d) * at(`trunk.${i}.towers.weight`, k, d, o));
      return Math.max(0, z * scale("output-scale", o) + at(`trunk.${i}.towers.bias`, k, m, 0, o));
    });
  };
  return layerWidths(shape).reduce<readonly number[]>(
    (h, widths, i) => hostBlock(shape, h, made(h, widths, i)),
    row,
  );
}
