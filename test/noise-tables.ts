import { type Random, seededRandom } from "../src/base/random.js";
import type { InspectedTable } from "../src/data/index.js";
import { classification, clustering, regression } from "../src/index.js";
import type { SplitOptions } from "../src/study/options.js";
import type { PlannedStudy } from "../src/study/plan.js";

/** Rows in a table of noise. */
export const NOISE_ROWS = 600;
/** Levels of the category of many levels: three rows a level. */
export const CITIES = 200;

const SHARES = { validation: 0.15, test: 0.4 } as const;
const BY_KIND: { readonly [K in SplitOptions["kind"]]: SplitOptions & { readonly kind: K } } = {
  random: { kind: "random", ...SHARES },
  stratified: { kind: "stratified", ...SHARES },
  group: { kind: "group", column: "site", ...SHARES },
  time: { kind: "time", column: "since", ...SHARES },
  column: { kind: "column", column: "part", ...SHARES },
};

/** Every kind of split there is, for tables of noise. */
export const NOISE_SPLITS: readonly SplitOptions[] = Object.values(BY_KIND);

/** Columns of a table of noise that are there for a split only. */
export const SPLIT_COLUMNS: readonly string[] = ["part", "site"];

/** One row of noise. */
export type NoiseRow = ReturnType<typeof noiseRow>;

/** Rows whose targets have nothing to do with their inputs, with inputs of every type and holes in inputs and targets. */
export function noiseRows(seed: number): NoiseRow[] {
  const random = seededRandom(seed, "noise");
  const rows = Array.from({ length: NOISE_ROWS }, () => noiseRow(random));
  const parts = random.shuffle(
    Array.from(rows, (_, i) => (i % 20 < 8 ? "test" : i % 20 < 11 ? "val" : "train")),
  );
  return rows.map((row, i) => ({ ...row, part: parts[i]! }));
}

function noiseRow(random: Random) {
  const holes = (share: number): boolean => random.uniform() < share;
  const oneOf = <T>(items: readonly T[]): T => items[random.integer(items.length)]!;
  return {
    part: "",
    site: `site-${random.integer(40)}`,
    width: random.normal(),
    income: holes(0.15) ? null : Math.exp(random.normal()),
    stars: 1 + random.integer(5),
    member: holes(0.05) ? null : random.uniform() < 0.4,
    shade: holes(0.1) ? null : oneOf(["light", "dark", "matt"]),
    colour: holes(0.1) ? null : oneOf(["red", "green", "blue", "grey"]),
    city: `city ${random.integer(CITIES)}`,
    zip: 10_000 + 7 * random.integer(150),
    size: holes(0.1) ? null : oneOf(["S", "M", "L", "XL"]),
    remark: Array.from({ length: 4 + random.integer(4) }, () => `w${random.integer(90)}`).join(" "),
    since: new Date(Date.UTC(2020, 0, 1 + random.integer(900))),
    seen: holes(0.1) ? null : new Date(Date.UTC(2020, 0, 1, random.integer(24 * 900), random.integer(60))),
    ...Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`vector[${i}]`, random.normal()])),
    amount: holes(0.1) ? null : random.normal(),
    delay: -Math.log(1 - random.uniform()),
    agreed: oneOf(["yes", "no"]),
    grade: oneOf(["a", "a", "a", "b", "b", "c"]),
  };
}

/** The tasks of a table of noise. */
export const NOISE_TASKS = {
  amount: regression(),
  delay: regression(),
  agreed: classification(),
  grade: classification(),
} as const;

/** The same with a task that finds its own targets. */
export const NOISE_TASKS_AND_CLUSTERS = {
  ...NOISE_TASKS,
  groups: clustering({ clusters: 3, reference: "colour" }),
} as const;

/**
 * Draws the inputs and labels of some rows anew: values far from all others, holes, levels and classes never seen. The types
 * of columns and the parts of rows stay.
 */
export function redrawn(plan: PlannedStudy, rows: Int32Array, seed: number): PlannedStudy {
  const random = seededRandom(seed, "redrawn");
  const targets = new Set(plan.tasks.map(({ name }) => name));
  const columns = plan.table.columns.map((column): InspectedTable["columns"][number] => {
    const missing = (): boolean => random.uniform() < 0.2;
    if ("numbers" in column) {
      const numbers = Float64Array.from(column.numbers);
      for (const row of rows) numbers[row] = missing() ? Number.NaN : drawNumber(column.type, random);
      return { ...column, numbers };
    }
    const levels = [...new Set(column.strings)].filter((level) => level !== null);
    const fresh = targets.has(column.name) ? 1 : 60;
    const strings = [...column.strings];
    for (const row of rows) {
      const at = random.integer(levels.length + fresh);
      const unseen = column.codes === true ? String(at) : `unseen ${at}`;
      strings[row] = missing() ? null : (levels[at] ?? unseen);
    }
    return { ...column, strings };
  });
  return { ...plan, table: { ...plan.table, columns } };
}

function drawNumber(type: string, random: Random): number {
  if (type === "boolean") return random.integer(2);
  if (type === "numeric" || type === "embedding") return 1e4 * random.normal();
  return random.integer(type === "date" ? 40_000 : 90);
}
