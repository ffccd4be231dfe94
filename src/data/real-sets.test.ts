import { isNumberInput } from "./encoding.js";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { fitInputEncoding } from "./fit-encoding.js";
import { rawFeeds } from "./raw-feeds.js";
import { readTable } from "./sources/index.js";
import type { InspectedTable } from "./inspect.js";

const root = resolve(process.env["KINDRED_DATA"] ?? "../shared/data");
const absent = !existsSync(root);
const reason = absent ? " (skipped: no data under KINDRED_DATA)" : "";
const read = (name: string): Promise<InspectedTable> => readTable(resolve(root, name, "data.csv"));
const counts = ({ profiles }: InspectedTable): Record<string, number> => {
  const found: Record<string, number> = {};
  for (const { type } of profiles) found[type] = (found[type] ?? 0) + 1;
  return found;
};

describe.skipIf(absent)(`real tables${reason}`, () => {
  it("penguins: types, missing values and widths", async () => {
    const table = await read("penguins");
    expect(table.rows).toBe(344);
    expect(table.profiles.map(({ name, type, missing }) => `${name} ${type} ${missing}`)).toEqual([
      "species category 0",
      "island category 0",
      "bill_length_mm numeric 2",
      "bill_depth_mm numeric 2",
      "flipper_length_mm numeric 2",
      "body_mass_g numeric 2",
      "sex category 11",
      "year ordinal 0",
    ]);
    const train = Int32Array.from({ length: 344 }, (_, i) => i);
    const { encoding } = fitInputEncoding(table, ["bill_length_mm", "sex", "year"], train);
    expect(encoding.width).toBe(1 + 8 + 1 + (3 + 1) + (1 + 2));
  });

  it("student_performance: grades are ordinal, yes and no are categories", async () => {
    const table = await read("student_performance");
    expect(table.rows).toBe(1044);
    expect(counts(table)).toEqual({ category: 18, ordinal: 16, numeric: 1 });
    expect(table.profiles.find(({ name }) => name === "G3")).toMatchObject({ type: "ordinal", distinct: 19 });
  });

  it("ames_housing: keys are set aside, NA stays a category", async () => {
    const table = await read("ames_housing");
    expect(table.rows).toBe(2930);
    const type = (name: string): string | undefined =>
      table.profiles.find((profile) => profile.name === name)?.type;
    expect([type("Order"), type("PID"), type("SalePrice"), type("Overall Qual")]).toEqual([
      "identifier",
      "identifier",
      "numeric",
      "ordinal",
    ]);
    expect(table.profiles.find(({ name }) => name === "Alley")).toMatchObject({ missing: 0, distinct: 3 });
    expect(table.profiles.find(({ name }) => name === "Lot Frontage")).toMatchObject({
      missing: 490,
      type: "numeric",
    });
  });

  it("adult: 48,842 rows are read and encoded in seconds", async () => {
    const start = process.cpuUsage();
    const table = await read("adult");
    const { encoding } = fitInputEncoding(
      table,
      ["age", "workclass", "capital-gain"],
      Int32Array.from({ length: 32561 }, (_, i) => i),
    );
    const feeds = rawFeeds(encoding, table);
    const { user, system } = process.cpuUsage(start);
    expect(table.rows).toBe(48_842);
    expect(counts(table)).toEqual({ category: 9, numeric: 5, ordinal: 1, identifier: 1 });
    expect(table.profiles.find(({ name }) => name === "split")?.type).toBe("identifier");
    expect(feeds["age"]?.data.length).toBe(48_842);
    const gain = encoding.inputs[2];
    expect(gain && isNumberInput(gain) && gain.edges.length).toBeGreaterThan(20);
    expect((user + system) / 1000).toBeLessThan(5000); // about 300 ms of processor time
  }, 60_000);
});
