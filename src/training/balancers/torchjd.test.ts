import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { quadraticForm } from "../../base/linear-algebra/products.js";
import type { BalancerOptions, GramianBalancer } from "../balancer.js";
import { stepOf } from "../gramian-balancer.contract.js";
import { GRAMIAN_BALANCERS } from "./index.js";

// made by bench/fixtures/torchjd-weights.py
const fixture = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/torchjd-weights.json", import.meta.url), "utf8"),
) as {
  readonly gramians: readonly (readonly number[])[];
  readonly pairs: readonly (readonly number[])[];
  readonly weights: Readonly<Record<string, readonly (readonly number[])[]>>;
};

const gramians = fixture.gramians.map(unpacked);
const pairs = fixture.pairs.map(unpacked);

const weigh = (
  balancer: GramianBalancer,
  gramian: Float64Array,
  given: { readonly options?: BalancerOptions; readonly state?: Float64Array } = {},
): Float64Array => {
  const K = Math.sqrt(gramian.length);
  const rows = Array.from({ length: K }, () => [0]);
  return balancer.weights({ ...stepOf(balancer, rows, given), gramian });
};

function expectNear(
  found: Float64Array,
  expected: readonly number[],
  { factor = 1, within = 1e-6 }: { readonly factor?: number; readonly within?: number } = {},
): void {
  const most = Math.max(...expected.map(Math.abs));
  found.forEach((weight, k) =>
    expect(Math.abs(weight - factor * expected[k]!)).toBeLessThan(within * factor * most),
  );
}

describe("on 200 random Gramians of 2 to 8 tasks, TorchJD's weights are those of", () => {
  it.each([
    ["imtl-g", {}],
    ["config", {}],
    ["upgrad", {}],
    ["dualproj", {}],
    ["cagrad", { c: 0.4, rescale: 0 }, 1e-5], // where the solver there stops; here the conditions hold to 1e-14
    ["fairgrad", { alpha: 2, "max-norm": 0 }],
  ] as const)("%s", (slug, options, within: number = 1e-6) => {
    expect(gramians.length).toBe(200);
    gramians.forEach((gramian, draw) =>
      expectNear(weigh(GRAMIAN_BALANCERS[slug], gramian, { options }), fixture.weights[slug]![draw]!, {
        within,
      }),
    );
  });

  it("aligned-mtl, divided by the number of tasks there", () => {
    gramians.forEach((gramian, draw) =>
      expectNear(weigh(GRAMIAN_BALANCERS["aligned-mtl"], gramian), fixture.weights["aligned-mtl"]![draw]!, {
        factor: Math.sqrt(gramian.length),
      }),
    );
  });

  it("mgda, whose norm is never above that of a thousand Frank-Wolfe steps, nor far below", () => {
    gramians.forEach((gramian, draw) => {
      const reached = quadraticForm(gramian, Float64Array.from(fixture.weights["mgda"]![draw]!));
      const least = quadraticForm(gramian, weigh(GRAMIAN_BALANCERS.mgda, gramian));
      expect(least).toBeLessThan(reached * (1 + 1e-12));
      expect(least).toBeGreaterThan(reached * (1 - 0.05));
    });
  });
});

describe("on 200 random pairs of tasks, TorchJD's weights are those of", () => {
  it("mgda and pcgrad", () => {
    expect(pairs.length).toBe(200);
    pairs.forEach((gramian, draw) => {
      expectNear(weigh(GRAMIAN_BALANCERS.mgda, gramian), fixture.weights["mgda-pairs"]![draw]!);
      expectNear(weigh(GRAMIAN_BALANCERS.pcgrad, gramian), fixture.weights["pcgrad"]![draw]!);
    });
  });

  it("gradvac, which remembers over four steps", () => {
    let state = new Float64Array(4);
    pairs.forEach((gramian, draw) => {
      if (draw % 4 === 0) state = new Float64Array(4);
      const weights = weigh(GRAMIAN_BALANCERS.gradvac, gramian, { options: { beta: 0.5 }, state });
      expectNear(weights, fixture.weights["gradvac"]![draw]!);
    });
  });
});

/** The square matrix of which the rows of the lower triangle are given. */
function unpacked(triangle: readonly number[]): Float64Array {
  const K = Math.round((Math.sqrt(8 * triangle.length + 1) - 1) / 2);
  return Float64Array.from({ length: K * K }, (_, at) => {
    const [i, j] = [Math.max(Math.floor(at / K), at % K), Math.min(Math.floor(at / K), at % K)];
    return triangle[(i * (i + 1)) / 2 + j]!;
  });
}
