import { describe, expect, it } from "vitest";
import { fitOptionsOf, withPlainest } from "./fit-plan.js";
import type { PreparedTask } from "./plan-tasks.js";
import { withDefaults } from "./schema-complete.js";

describe("the weights of tasks in a fit", () => {
  const planned: readonly PreparedTask[] = [
    { name: "a", kind: "regression", because: "set" },
    { name: "b", kind: "binary", because: "set" },
    ...["x", "y"].map((value): PreparedTask => {
      const part = { target: "c", by: "school", value };
      return {
        name: `c[${value}]`,
        kind: "regression",
        because: "set",
        part: part as PreparedTask["part"] & object,
      };
    }),
  ];
  const tasks = { a: { weight: 0.5 }, b: {}, c: { by: "school", weight: 3 } };
  const budget = { epochs: 5, patience: 5, batch: 8, learningRate: 0.01, refit: false } as Parameters<
    typeof fitOptionsOf
  >[2];

  it("are those of the study, of each target for all its tasks, and 1 where it says none", () => {
    const options = withPlainest(withDefaults({ data: "t.csv", tasks, balance: "fixed" }));
    expect(fitOptionsOf(options, planned, budget).taskWeights).toEqual({
      a: 0.5,
      b: 1,
      "c[x]": 3,
      "c[y]": 3,
    });
  });

  it("are left out where the balance does not read them", () => {
    const options = withPlainest(
      withDefaults({ data: "t.csv", tasks: { a: {}, b: {}, c: { by: "school" } } }),
    );
    expect(fitOptionsOf(options, planned, budget)).not.toHaveProperty("taskWeights");
  });
});
