import { describe, expect, it } from "vitest";
import { type Row, load } from "../src/index.js";

/** Rows of three tasks over two inputs, in the long layout; the third has few rows, and a fourth one label only. */
function longRows(): Row[] {
  return Array.from({ length: 240 }, (_, i): Row => {
    const [x, z] = [Math.sin(i * 12.9898), Math.sin(i * 78.233)];
    const task = i % 60 === 59 ? "d" : i % 12 === 11 ? "c10" : i % 2 === 0 ? "c2" : "b";
    const y = task === "d" ? 1 : task === "b" ? 2 * x - z : task === "c2" ? x + z : 3 * x;
    return { x, z, site: task, y: Math.round(y * 100) / 100, w: x * z };
  });
}

const QUICK = { budget: { epochs: 3 }, sharing: { trunk: [8], members: 1 } } as const;

describe("a long table", () => {
  it("becomes one task for each value of its task column, in natural order, beside wide ones", async () => {
    const study = await load(longRows(), { tasks: { y: { by: "site" }, w: {} }, ...QUICK });
    expect(study.tasks.map(({ name }) => name)).toEqual(["y[b]", "y[c2]", "y[c10]", "w"]);
    expect(study.warnings).toEqual([
      'Left out 1 of the 4 tasks of "y", whose training rows hold no label or one only: "y[d]".',
    ]);
    const model = await study.train();
    expect(model.inputs.map(({ name }) => name)).toEqual(["x", "z"]);
    const { record } = model;
    expect(record.data.columns.map(({ name, role }) => [name, role])).toEqual([
      ["x", "input"],
      ["z", "input"],
      ["site", "task column"],
      ["y", "target"],
      ["w", "target"],
    ]);
    for (const { part, labelled } of record.tasks.slice(0, 3)) {
      const own = longRows().filter(({ site }) => site === part!.value).length;
      expect(labelled.train + labelled.validation + labelled.test).toBe(own);
    }
    await model.close();
  });
});
