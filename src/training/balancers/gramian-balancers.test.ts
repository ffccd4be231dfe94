import { expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import {
  type GramianRules,
  directionOf,
  dotOf,
  drawRows,
  gramianContract,
  normOf,
  stepOf,
} from "../gramian-balancer.contract.js";
import { GRAMIAN_BALANCERS, LOSS_BALANCERS } from "./index.js";

const fixed: GramianRules = { degree: () => 0 };
const RULES: Readonly<Record<keyof typeof GRAMIAN_BALANCERS, GramianRules>> = {
  "aligned-mtl": fixed,
  cagrad: { ...fixed, alone: (_, { c }) => (1 + c!) / (1 + c! * c!) },
  config: fixed,
  dualproj: fixed,
  epo: fixed,
  fairgrad: {
    degree: ({ alpha }) => -2 / (1 + 1 / alpha!),
    alone: (norm, { alpha }) => norm ** (-2 / (1 + 1 / alpha!)),
  },
  gradnorm: fixed,
  gradvac: fixed,
  "imtl-g": fixed,
  mgda: fixed,
  "mgda-ub": fixed,
  modo: {},
  "nash-mtl": { degree: () => -1, alone: (norm) => 1 / norm },
  pcgrad: fixed,
  sdmgrad: fixed,
  "pe-ltr": fixed,
  upgrad: fixed,
};

for (const [slug, balancer] of Object.entries(GRAMIAN_BALANCERS))
  gramianContract(slug, balancer, RULES[slug as keyof typeof RULES]);

it("has no slug of a balancer of losses", () => {
  expect(Object.keys(GRAMIAN_BALANCERS).filter((slug) => slug in LOSS_BALANCERS)).toEqual([]);
});

it.each(["config", "dualproj", "fairgrad", "mgda", "nash-mtl", "upgrad"] as const)(
  "%s descends for every task, for norms that spread over ten orders of magnitude",
  (slug) => {
    const random = seededRandom(8);
    let worst = 1;
    for (let draw = 0; draw < 200; draw++) {
      const rows = drawRows(random, 2 + random.integer(7), 12, 10);
      const direction = directionOf(
        rows,
        GRAMIAN_BALANCERS[slug].weights(stepOf(GRAMIAN_BALANCERS[slug], rows)),
      );
      for (const row of rows)
        worst = Math.min(worst, dotOf(row, direction) / normOf(row) / normOf(direction));
    }
    expect(worst).toBeGreaterThan(-1e-9);
  },
);
