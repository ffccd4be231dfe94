import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { classification, clustering, load, regression } from "../src/index.js";

const penguins = fileURLToPath(new URL("../examples/penguins.csv", import.meta.url));

describe("clustering beside other tasks", () => {
  it("finds the penguins' species without being told, and costs body mass and sex nothing", async () => {
    const study = await load(penguins, {
      tasks: {
        groups: clustering({ clusters: 3, reference: "species" }),
        body_mass_g: regression(),
        sex: classification<"male" | "female">(),
      },
    });
    const model = await study.train();
    try {
      const { tasks } = model.record.evaluation;
      const [groups, mass, sex] = tasks;
      expect(groups!.multi["adjusted-rand"]).toBeGreaterThanOrEqual(0.75);
      expect(groups!.single["adjusted-rand"]).toBeGreaterThanOrEqual(0.75);
      expect(mass!.verdict).not.toBe("hurt");
      expect(sex!.verdict).not.toBe("hurt");
      expect(model.record.data.columns.find(({ name }) => name === "species")?.role).toBe("reference");
      expect(model.inputs.map(({ name }) => name)).not.toContain("species");
    } finally {
      await model.close();
    }
  });

  it("chooses the number of clusters when it is not given", async () => {
    const study = await load(penguins, {
      tasks: { groups: clustering() },
      ignore: ["species", "sex", "body_mass_g"],
    });
    const model = await study.train();
    try {
      const task = model.tasks[0]!;
      expect(task.classes.length).toBeGreaterThanOrEqual(2);
      expect(task.classes.length).toBeLessThanOrEqual(6); // three species on three islands
      const [plot] = model.record.evaluation.tasks.map((found) => found.plot);
      expect(plot?.type === "clusters" && plot.sizes.every((size) => size > 0)).toBe(true); // none has collapsed
    } finally {
      await model.close();
    }
  });
});
