import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CLAIMS } from "../bench/toy/claims.js";
import { descend } from "../bench/toy/descend.js";
import { BELOW, PARETO_SET, type Point, STARTS, toyLosses } from "../bench/toy/problem.js";
import { epo } from "../src/training/balancers/epo.js";
import { METHODS, REACHED, distances, keptPaths, pathFrom, toyFiles } from "../scripts/make-toy-problem.js";

const paths = keptPaths();
const RIGHTMOST = 2; // the starting point that tells methods apart

describe("the toy problem", () => {
  it("has the gradients that central differences give", () => {
    const place = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(place, place, (x, y) => {
        fc.pre(Math.abs(y) > 1e-3);
        const h = 1e-6;
        const { gradients } = toyLosses([x, y]);
        [0, 1].forEach((axis) => {
          const at = (by: number): Point =>
            toyLosses([x + (axis === 0 ? by : 0), y + (axis === 1 ? by : 0)]).losses;
          const [up, down] = [at(h), at(-h)];
          const curved = [0, 1].map((k) => Math.abs(up[k]! - 2 * at(0)[k]! + down[k]!)); // near a pole of a logarithm
          [0, 1].forEach((k) => {
            const numeric = (up[k]! - down[k]!) / (2 * h);
            expect(Math.abs(gradients[k]![axis]! - numeric)).toBeLessThan(
              1e-5 * (1 + Math.abs(numeric)) + curved[k]! / h,
            );
          });
        });
      }),
    );
  });

  it("has the losses worked by hand at three points", () => {
    const [half, one] = [Math.tanh(0.5), Math.tanh(1)];
    const close = ([a, b]: Point, wanted: Point): void => {
      expect(a).toBeCloseTo(wanted[0], 12);
      expect(b).toBeCloseTo(wanted[1], 12);
    };
    close(toyLosses([0, 1]).losses, [
      0.1 * half * (Math.log(3.5 - one) + 6),
      half * (Math.log(3.5 - one) + 6),
    ]);
    close(toyLosses([7, -8]).losses, [-2 * Math.tanh(4), (19.6 - 20) * Math.tanh(4)]);
    close(toyLosses([0, 0]).losses, [0, 0]);
  });

  it("has opposite gradients along its Pareto set, and no grid point that is better in both", () => {
    for (const point of PARETO_SET) {
      const [[ax, ay], [bx, by]] = toyLosses(point).gradients;
      expect(Math.abs(ax * by - ay * bx)).toBeLessThan(1e-9);
      expect(ax * bx + ay * by).toBeLessThanOrEqual(1e-9);
    }
    const front = PARETO_SET.map((point) => toyLosses(point).losses);
    for (let x = -12; x <= 12; x += 0.5)
      for (let y = -12; y <= 12; y += 0.5) {
        const [a, b] = toyLosses([x, y]).losses;
        expect(front.some(([first, second]) => a < first - 1e-3 && b < second - 1e-3)).toBe(false);
      }
  });
});

describe("the methods on the toy problem", () => {
  it("are all that need no more than losses and a Gramian", () => {
    expect(Object.keys(paths)).toEqual(METHODS.run);
    for (const own of Object.values(paths)) expect(own).toHaveLength(STARTS.length);
  });

  it.each(METHODS.run)(
    "%s goes from the rightmost point where the page draws it",
    (slug) => {
      const found = pathFrom(slug, STARTS[RIGHTMOST]!);
      found.forEach(([x, y], i) => {
        const [keptX, keptY] = paths[slug]![RIGHTMOST]![i]!;
        expect(Math.hypot(x - keptX, y - keptY)).toBeLessThan(0.01);
      });
    },
    60_000,
  );

  it.each(Object.entries(CLAIMS))("%s does as its paper says", (slug, { reaches }) => {
    const far = distances(paths[slug]!);
    if (reaches) expect(Math.max(...far)).toBeLessThan(REACHED);
    else expect(far[RIGHTMOST]).toBeGreaterThan(1);
  });

  it.each([3, 10, 40])("epo brings the losses into the ratio 1 : %d and reaches the set", (first) => {
    const weights: Point = [first, 1];
    const end = descend(epo, STARTS[1]!, { weights }).at(-1)!;
    const [a, b] = toyLosses(end).losses.map((loss, t) => weights[t]! * (loss - BELOW[t]!));
    expect(a! / b!).toBeGreaterThan(0.95);
    expect(a! / b!).toBeLessThan(1.05);
    expect(distances([[end]])[0]).toBeLessThan(REACHED);
  });

  it("are drawn and listed as scripts/make-toy-problem.ts does", () => {
    for (const [name, text] of Object.entries(toyFiles(paths)))
      expect(readFileSync(new URL(`../docs/${name}`, import.meta.url), "utf8"), name).toBe(text);
  });
});
