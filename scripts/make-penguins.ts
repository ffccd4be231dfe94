// Writes examples/penguins.csv from the copy of the Palmer penguins in the vega-datasets package.
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

const SOURCE = new URL("../node_modules/vega-datasets/data/penguins.json", import.meta.url);
const TARGET = new URL("../examples/penguins.csv", import.meta.url);

/** Column in the CSV → field in the source. */
const COLUMNS = {
  species: "Species",
  island: "Island",
  bill_length_mm: "Beak Length (mm)",
  bill_depth_mm: "Beak Depth (mm)",
  flipper_length_mm: "Flipper Length (mm)",
  body_mass_g: "Body Mass (g)",
  sex: "Sex",
} as const;

type Penguin = Readonly<Record<(typeof COLUMNS)[keyof typeof COLUMNS], string | number | null>>;

/** The text of examples/penguins.csv: a missing value is an empty cell, sex is in lower case, nothing else changes. */
export function penguinsCsv(): string {
  const penguins = JSON.parse(readFileSync(SOURCE, "utf8")) as readonly Penguin[];
  const rows = penguins.map((penguin) =>
    Object.entries(COLUMNS).map(([column, field]) => {
      const cell = String(penguin[field] ?? "");
      return column === "sex" ? cell.toLowerCase() : cell;
    }),
  );
  return [Object.keys(COLUMNS), ...rows].map((cells) => `${cells.join(",")}\n`).join("");
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, penguinsCsv());
