import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Layout } from "../model/layout.js";
import { type ParameterGroup, groupNeeds, groupVectors } from "./parameter-groups.js";

const tensor = (name: string, size: number, decay: boolean): Layout[number] => ({
  name,
  shape: [size],
  init: "zeros",
  decay,
});
const layout: Layout = [
  tensor("trunk.0.weight", 2, true),
  tensor("trunk.0.bias", 1, false),
  tensor("trunk.10.weight", 1, true),
  tensor("heads.regression.weight", 2, true),
  tensor("balancer.log-variance", 1, false),
];
const vectors = (groups: readonly ParameterGroup[], weightDecay = 0.5) => {
  const { decay, rates } = groupVectors(layout, weightDecay, groups);
  return { decay: decay && [...decay], rates: rates && [...rates] };
};

describe("parameter groups", () => {
  it("without any give tensors that decay the strength of weight decay, and no factors of rates", () => {
    expect(vectors([])).toEqual({ decay: [0.5, 0.5, 0, 0.5, 0.5, 0.5, 0], rates: undefined });
    expect(vectors([], 0)).toEqual({ decay: undefined, rates: undefined });
  });

  it("give the tensors they match their factors", () => {
    expect(vectors([{ match: "heads.*", rate: 2, decay: 0 }])).toEqual({
      decay: [0.5, 0.5, 0, 0.5, 0, 0, 0],
      rates: [1, 1, 1, 1, 2, 2, 1],
    });
  });

  it("take a dot as a dot, and a name without a star whole", () => {
    const heavier = (match: string) => vectors([{ match, decay: 2 }]).decay;
    expect(heavier("trunk.0.*")).toEqual([1, 1, 0, 0.5, 0.5, 0.5, 0]);
    expect(heavier("trunk.10.weight")).toEqual([0.5, 0.5, 0, 1, 0.5, 0.5, 0]);
    expect(heavier("*.weight")).toEqual([1, 1, 0, 1, 1, 1, 0]);
  });

  it("let the last group that says something decide, about rate and decay apart", () => {
    const found = vectors([
      { match: "*", rate: 3, decay: 2 },
      { match: "trunk.*", rate: 4 },
      { match: "trunk.0.*", decay: 0 },
    ]);
    expect(found.rates).toEqual([4, 4, 4, 4, 3, 3, 1]);
    expect(found.decay).toEqual([0, 0, 0, 1, 1, 1, 0]);
  });

  it("leave a balancer's parameters alone unless they are named, and never let them decay", () => {
    expect(vectors([{ match: "*", rate: 0 }]).rates?.at(-1)).toBe(1);
    const found = vectors([{ match: "balancer.*", rate: 5, decay: 9 }]);
    expect(found.rates).toEqual([1, 1, 1, 1, 1, 1, 5]);
    expect(found.decay?.at(-1)).toBe(0);
  });

  it("need the vectors they give, whatever the groups", () => {
    const factor = fc.constantFrom(0, 1, 2);
    const group = fc.record(
      {
        match: fc.constantFrom("*", "trunk.*", "heads.*", "balancer.*", "trunk.0.bias"),
        rate: factor,
        decay: factor,
      },
      { requiredKeys: ["match"] },
    );
    fc.assert(
      fc.property(fc.array(group, { maxLength: 4 }), fc.constantFrom(0, 0.1), (groups, weightDecay) => {
        const found = groupVectors(layout, weightDecay, groups);
        const { decay, rates } = groupNeeds(layout, weightDecay, groups);
        expect(found.decay?.some((strength) => strength !== 0) ?? false).toBe(decay);
        expect(found.rates?.some((rate) => rate !== 1) ?? false).toBe(rates);
      }),
      { numRuns: 100 },
    );
  });

  it("name what is near to a pattern that matches nothing", () => {
    expect(() => vectors([{ match: "head.*" }])).toThrow(
      /^parameter groups: match "head\.\*" matches no parameter tensor\. Did you mean "heads\.\*"/,
    );
    expect(() => vectors([{ match: "trunk.0.wieght" }])).toThrow('Did you mean "trunk.0.weight"');
    expect(() => vectors([{ match: "?" }])).toThrow("The parameters are trunk.0.weight, trunk.0.bias,");
  });

  it("refuse factors that are negative or not finite", () => {
    expect(() => vectors([{ match: "*", rate: -1 }])).toThrow(
      'parameter groups: rate of "*" must be a finite number of at least 0, got -1.',
    );
    expect(() => vectors([{ match: "*", decay: Number.NaN }])).toThrow('decay of "*" must be');
  });
});
