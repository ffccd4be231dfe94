import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { type Row, tableFromRows } from "../data/index.js";
import { nodeRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/runtime.js";
import { type PreparedChoice, chooseNumbers } from "./choose-numbers.js";
import { withPlainest } from "./fit-plan.js";
import type { StudyOptions } from "./options.js";
import { planStudy } from "./plan.js";
import { prepareStudy } from "./prepare.js";
import type { PartialStudy } from "./schema.js";
import { withDefaults } from "./schema-complete.js";

const SMALL = {
  sharing: { trunk: [16], members: 1 },
  budget: { epochs: 40, batch: 64 },
} as const;

/** Numbers, a word, and targets that follow from them. */
function rowsOf(count: number): Row[] {
  const random = seededRandom(3, "choose numbers");
  return Array.from({ length: count }, () => {
    const [x, y] = [random.normal(), random.normal()];
    const word = ["a", "b", "c"][random.integer(3)]!;
    return { x, y, word, wave: Math.sin(3 * x) + 0.1 * random.normal(), sum: x + y + 0.1 * random.normal() };
  });
}
const rows = rowsOf(240);

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ workers: 2 });
});
afterAll(() => runtime.close());

async function chosen(given: PartialStudy, tasks: readonly string[], table = rows): Promise<PreparedChoice> {
  const named = Object.fromEntries(tasks.map((name) => [name, {}]));
  const options: StudyOptions = withDefaults({ ...SMALL, ...given, data: "rows", tasks: named });
  return choice(options, table);
}

async function choice(options: StudyOptions, table = rows): Promise<PreparedChoice> {
  const plan = planStudy(tableFromRows([...table]), options);
  const prepared = await prepareStudy(plan, options, runtime);
  return chooseNumbers(plan, prepared, { options: withPlainest(options) }, { runtime });
}

describe("what is made of numbers", () => {
  it("is what the study says, with nothing tried", async () => {
    const piecewise = await chosen({}, ["wave", "sum"]);
    expect(piecewise.choices).toEqual([]);
    expect(piecewise.prepared.numbers).toBeUndefined();
    const periodic = await chosen({ encoding: { numbers: "periodic", frequencies: 7 } }, ["wave", "sum"]);
    expect(periodic.choices).toEqual([]);
    expect(periodic.prepared.numbers).toEqual({ places: [0, 1], frequencies: 7, width: 12, scale: 0.05 });
  });

  it("is, left open, what brings validation losses at least 1 % lower, for one task too", async () => {
    for (const tasks of [["wave", "sum"], ["wave"]]) {
      const { prepared, choices } = await chosen({ encoding: { numbers: "auto" } }, tasks);
      const { setting, chosen: name, tried = {}, reason } = choices[0]!;
      expect([setting, Object.keys(tried)]).toEqual(["numbers", ["piecewise", "periodic"]]);
      expect(tried["piecewise"]).toBe(1);
      expect(name).toBe(tried["periodic"]! < 0.99 ? "periodic" : "piecewise");
      expect(prepared.numbers !== undefined).toBe(name === "periodic");
      expect(reason).toContain("validation losses against piecewise: periodic");
    }
  });

  it("goes to either side: to bins where waves begin too long for the target, to waves where they suit it", async () => {
    const found = await Promise.all(
      [0.001, 0.4].map(async (frequencyScale) => {
        const { choices } = await chosen({ encoding: { numbers: "auto", frequencyScale } }, ["wave"]);
        return choices[0]!.chosen;
      }),
    );
    expect(found).toEqual(["piecewise", "periodic"]);
  });

  it("stays piecewise, with the reason, where nothing can be tried", async () => {
    const words = rows.map(({ word, sum, wave }): Row => ({ word: word!, sum: sum!, wave: wave! }));
    const none = await chosen({ encoding: { numbers: "auto" } }, ["wave", "sum"], words);
    expect(none.choices).toEqual([
      { setting: "numbers", chosen: "piecewise", reason: "no input is a number" },
    ]);
    const clusters: StudyOptions = withDefaults({
      ...SMALL,
      data: "rows",
      tasks: { found: { kind: "clustering", clusters: 3 } },
      encoding: { numbers: "auto" },
    });
    const { choices } = await choice(clusters);
    expect(choices[0]!.reason).toBe("no task has labels to judge by");
  });
});
