import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dotOf, stepOf } from "../gramian-balancer.contract.js";
import { expectClose, jacobianSteps } from "../jacobian-balancer.contract.js";
import { GRAMIAN_BALANCERS, JACOBIAN_BALANCERS } from "./index.js";

// made by bench/fixtures/torchjd-directions.py
const fixture = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/torchjd-directions.json", import.meta.url), "utf8"),
) as {
  readonly wide: number;
  readonly steps: number;
  /** The Jacobian and one of another batch, flat. */
  readonly jacobians: readonly (readonly [readonly number[], readonly number[]])[];
  readonly uniform: readonly (readonly number[])[];
} & Readonly<Record<"graddrop" | "excess-mtl" | "modo" | "sdmgrad", readonly (readonly number[])[]>>;

const rowsOf = (flat: readonly number[]): number[][] =>
  Array.from({ length: flat.length / fixture.wide }, (_, t) =>
    flat.slice(t * fixture.wide, (t + 1) * fixture.wide),
  );
const within = 1e-6;
/** The first draws of every course of steps. */
const starts = fixture.jacobians.map((_, draw) => draw).filter((draw) => draw % fixture.steps === 0);

describe("on 200 random Jacobians TorchJD decides the same by", () => {
  it("graddrop", () => {
    expect(fixture.jacobians.length).toBe(200);
    fixture.jacobians.forEach(([flat], draw) => {
      const step = { rows: rowsOf(flat), uniform: fixture.uniform[draw]! };
      const [found] = jacobianSteps(JACOBIAN_BALANCERS.graddrop, [step], { options: { leak: 0.25 } });
      expectClose(found!.direction, fixture.graddrop[draw]!, { within });
    });
  });

  it("excess-mtl, over four steps of which one or two warm up", () => {
    for (const start of starts) {
      const draws = fixture.jacobians.slice(start, start + fixture.steps);
      const options = { rate: 0.5, warmup: 1 + ((start / fixture.steps) % 2) };
      const course = draws.map(([flat]) => ({ rows: rowsOf(flat) }));
      jacobianSteps(JACOBIAN_BALANCERS["excess-mtl"], course, { options }).forEach(({ weights }, s) =>
        expectClose(weights, fixture["excess-mtl"][start + s]!, { within }),
      );
    }
  });

  it.each([
    ["modo", { gamma: 0.05, rho: 0.2 }],
    ["sdmgrad", { rate: 0.5, iterations: 20 }],
  ] as const)("%s, over four steps, from products of two batches", (slug, options) => {
    const balancer = GRAMIAN_BALANCERS[slug];
    for (const start of starts) {
      const state = balancer.state(rowsOf(fixture.jacobians[start]![0]).length);
      for (let s = 0; s < fixture.steps; s++) {
        const [first, second] = fixture.jacobians[start + s]!.map(rowsOf) as [number[][], number[][]];
        const cross = Float64Array.from(first.flatMap((a) => second.map((b) => dotOf(a, b))));
        const weights = balancer.weights({ ...stepOf(balancer, first, { options, state }), cross });
        expectClose([...weights], fixture[slug][start + s]!, { within });
      }
    }
  });
});
