import { expect, it } from "vitest";
import { type JacobianRules, jacobianContract } from "../jacobian-balancer.contract.js";
import { GRAMIAN_BALANCERS, JACOBIAN_BALANCERS, LOSS_BALANCERS } from "./index.js";

const RULES: Readonly<Record<keyof typeof JACOBIAN_BALANCERS, JacobianRules>> = {
  adatask: { alone: true, degree: 1 },
  "excess-mtl": { alone: true },
  "db-mtl": { alone: false, degree: 1 },
  graddrop: { alone: true, degree: 1 },
  moco: { alone: false },
};

for (const [slug, balancer] of Object.entries(JACOBIAN_BALANCERS))
  jacobianContract(slug, balancer, RULES[slug as keyof typeof RULES]);

it("has no slug of another kind of balancer", () => {
  const others = { ...LOSS_BALANCERS, ...GRAMIAN_BALANCERS };
  expect(Object.keys(JACOBIAN_BALANCERS).filter((slug) => slug in others)).toEqual([]);
});
