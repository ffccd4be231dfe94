import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type InspectedTable, type Row, tableFromRows } from "../data/index.js";
import { outlierTasks } from "../data/synthetic/index.js";
import { nodeRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/runtime.js";
import { type ChosenMethods, chooseMethods, medianLoss } from "./choose-methods.js";
import type { StudyOptions } from "./options.js";
import { planStudy } from "./plan.js";
import { prepareStudy } from "./prepare.js";
import { withDefaults } from "./schema-complete.js";
import type { PartialStudy } from "./schema.js";

const { rows } = outlierTasks({ rows: 240, tasks: 3, inputs: 6, seed: 2 });
const targets = Object.keys(rows[0]!).filter((name) => name.startsWith("task"));
const SMALL = { trunk: [4], members: 1 } as const;
const AUTO = {
  balance: "auto",
  sharing: { architecture: "auto", ...SMALL },
  budget: { epochs: 6, patience: 6 },
} as const;

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ workers: 2 });
});
afterAll(() => runtime.close());

async function chosen(
  table: InspectedTable,
  tasks: readonly string[],
  given: PartialStudy = AUTO,
  onTrial: (text: string) => void = () => {},
): Promise<ChosenMethods> {
  const named = Object.fromEntries(tasks.map((name) => [name, {}]));
  const options: StudyOptions = withDefaults({ ...given, data: "rows", tasks: named });
  const plan = planStudy(table, options);
  const prepared = await prepareStudy(plan, options, runtime);
  return chooseMethods(options, { planned: plan.tasks, prepared, runtime, onTrial });
}

describe("methods left to be chosen", () => {
  it("are the plainest, and the reason is given, where there is nothing to try", async () => {
    const { options, choices } = await chosen(tableFromRows([...rows]), targets.slice(0, 1));
    expect([options.sharing.architecture, options.balance]).toEqual(["hard", "equal"]);
    expect(choices.map(({ reason }) => reason)).toEqual(["there is one task", "there is one task"]);
  });

  it("are the way of sharing with the lowest validation losses, if at least 1 % lower than the plainest", async () => {
    const { options, choices } = await chosen(tableFromRows([...rows]), targets);
    const { chosen: name, tried = {}, reason } = choices.find(({ setting }) => setting === "sharing")!;
    const [[plain, one] = [], ...others] = Object.entries(tried);
    expect(one).toBe(1);
    const [best] = others.toSorted(([, a], [, b]) => a - b);
    expect(name).toBe(best![1] < 0.99 ? best![0] : plain);
    for (const [other] of others) expect(reason).toContain(other);
    expect(options.sharing.architecture).toBe(name);
  });

  it("leave equal weights where targets have noise or are classes, and say so", async () => {
    const noisy = await chosen(tableFromRows([...rows]), targets, { ...AUTO, sharing: SMALL });
    expect(noisy.options.balance).toBe("equal");
    expect(noisy.choices[0]!.reason).toMatch(/^the targets have noise: [\d.]+ % of their variance/);
    const classes = rows.map((row): Row => ({
      ...row,
      [targets[0]!]: Number(row[targets[0]!]) > 0 ? "a" : "b",
    }));
    const mixed = await chosen(tableFromRows(classes), targets, { ...AUTO, sharing: SMALL });
    expect(mixed.options.balance).toBe("equal");
    expect(mixed.choices[0]!.reason).toContain("on one scale");
  });

  it("try the sum of logarithms without dropout where targets have no noise", async () => {
    const exact = rows.map((row): Row => {
      const [a, b] = Object.keys(row)
        .filter((name) => !targets.includes(name))
        .map((name) => Number(row[name]));
      return { ...row, [targets[0]!]: a! + b!, [targets[1]!]: a! - b!, [targets[2]!]: 2 * a! };
    });
    const given = {
      balance: "auto",
      sharing: { trunk: [64], members: 4 },
      budget: { epochs: 200, patience: 40, learningRate: 0.01 },
    } as const;
    const { options, choices } = await chosen(tableFromRows(exact), targets, given);
    const { tried = {}, chosen: name } = choices[0]!;
    expect(Object.keys(tried)).toEqual(["equal", "scale-invariant"]);
    expect(name).toBe(tried["scale-invariant"]! < 0.99 ? "scale-invariant" : "equal");
    expect(options.budget.dropout).toBe(name === "equal" ? "auto" : 0);
  });

  it("come with the training that they were chosen by, and try the way of sharing once for both", async () => {
    const told: string[] = [];
    const both = await chosen(tableFromRows([...rows]), targets, AUTO, (text) => void told.push(text));
    expect(told).toHaveLength(1); // equal weights were tried with the ways of sharing
    const { architecture } = both.options.sharing;
    const named = await chosen(tableFromRows([...rows]), targets, {
      ...AUTO,
      sharing: { ...SMALL, architecture },
    });
    expect(both.fitted!.parameters).toEqual(named.fitted!.parameters);
    expect(both.fitted!.epochs).toEqual(named.fitted!.epochs);
  });

  it("judge the noise of targets by the median, whatever one of them does", () => {
    expect(medianLoss({ a: 0.002, b: 0.001, c: 2.7, d: Number.NaN })).toBe(0.002);
    expect(medianLoss({ a: 0.001, b: 0.4 })).toBe(0.4);
    expect(medianLoss({ a: Number.NaN })).toBeUndefined();
  });

  it("do not depend on labels of test rows", async () => {
    const plan = planStudy(
      tableFromRows([...rows]),
      withDefaults({ data: "rows", tasks: Object.fromEntries(targets.map((name) => [name, {}])) }),
    );
    const held = new Set(plan.split.test);
    const other = rows.map((row, i): Row =>
      held.has(i) ? { ...row, [targets[0]!]: Number(row[targets[0]!]) * -1 } : row,
    );
    const found = await Promise.all([rows, other].map((one) => chosen(tableFromRows([...one]), targets)));
    expect(found[1]!.choices).toEqual(found[0]!.choices);
  });

  it("are left as they are where the study names them", async () => {
    const { options, choices } = await chosen(tableFromRows([...rows]), targets, { balance: "uncertainty" });
    expect(options.balance).toBe("uncertainty");
    expect(choices).toEqual([]);
  });
});
