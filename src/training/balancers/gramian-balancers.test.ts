import { expect, it } from "vitest";
import { type GramianRules, gramianContract } from "../gramian-balancer.contract.js";
import { GRAMIAN_BALANCERS, LOSS_BALANCERS } from "./index.js";

const fixed: GramianRules = { degree: () => 0 };
const RULES: Readonly<Record<keyof typeof GRAMIAN_BALANCERS, GramianRules>> = {
  "aligned-mtl": fixed,
  cagrad: { ...fixed, alone: (_, { c }) => (1 + c!) / (1 + c! * c!) },
  config: fixed,
  dualproj: fixed,
  fairgrad: {
    degree: ({ alpha }) => -2 / (1 + 1 / alpha!),
    alone: (norm, { alpha }) => norm ** (-2 / (1 + 1 / alpha!)),
  },
  gradnorm: fixed,
  gradvac: fixed,
  "imtl-g": fixed,
  mgda: fixed,
  "nash-mtl": { degree: () => -1, alone: (norm) => 1 / norm },
  pcgrad: fixed,
  "pe-ltr": fixed,
  upgrad: fixed,
};

for (const [slug, balancer] of Object.entries(GRAMIAN_BALANCERS))
  gramianContract(slug, balancer, RULES[slug as keyof typeof RULES]);

it("has no slug of a balancer of losses", () => {
  expect(Object.keys(GRAMIAN_BALANCERS).filter((slug) => slug in LOSS_BALANCERS)).toEqual([]);
});
