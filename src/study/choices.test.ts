import { describe, expect, it } from "vitest";
import { TRUNK_INITIALIZERS } from "../model/initializers.js";
import { ARCHITECTURES } from "../model/sharing/index.js";
import { BALANCERS } from "../training/balancers/index.js";
import { OPTIMIZERS } from "../training/optimizers/index.js";
import type { Balancer } from "../training/balancer.js";
import { WEIGHING_BALANCES } from "./weight-faults.js";
import { DEFAULT_OPTIONS } from "./options.js";
import { SETTINGS } from "./schema.js";

const choicesOf = (path: string): readonly string[] => {
  const value = SETTINGS.find((setting) => setting.path === path)?.value;
  if (value?.type !== "choice") throw new TypeError(`${path} is not a setting of choices`);
  return value.choices;
};

describe("the choices a study offers", () => {
  it.each([
    ["balance", ["auto", ...Object.keys(BALANCERS)], DEFAULT_OPTIONS.balance],
    ["sharing.architecture", ["auto", ...Object.keys(ARCHITECTURES)], DEFAULT_OPTIONS.sharing.architecture],
    ["budget.optimizer", Object.keys(OPTIMIZERS), DEFAULT_OPTIONS.budget.optimizer],
    ["sharing.initializer", [...TRUNK_INITIALIZERS], DEFAULT_OPTIONS.sharing.initializer],
  ])("are those that are registered, the default among them: %s", (path, registered, fallback) => {
    expect([...choicesOf(path)].toSorted()).toEqual(registered.toSorted());
    expect(registered).toContain(fallback);
  });

  it("tell which methods of balance read weights of tasks as the methods do", () => {
    const weighing = Object.entries(BALANCERS).filter(([, balancer]: [string, Balancer]) => balancer.weighs);
    expect([...WEIGHING_BALANCES].toSorted()).toEqual(weighing.map(([slug]) => slug).toSorted());
  });
});
