import { type Random, seededRandom } from "../../base/random.js";
import type { Row } from "../raw-rows.js";
import { bestClassification, bestRegression } from "./best-score.js";
import { cosines, dot } from "./directions.js";
import type { Family, PlantedTask, RemovedLabel, TargetKind } from "./family.js";
import { normalQuantile } from "./normal.js";
import type { FamilySize } from "./options.js";

/** What is asked of a task; cuts and best score follow. */
export interface TaskPlan {
  readonly kind: TargetKind;
  readonly noise: number;
  /** Shares of the rows in each class, in order of the score; `[]` for regression. */
  readonly shares: readonly number[];
  readonly classes: readonly string[];
}

/** A value for each row. */
export type Targets = readonly (number | string)[];

/** Names of inputs: `x1`, `x2`, … */
export const inputNames = (count: number): string[] => Array.from({ length: count }, (_, i) => `x${i + 1}`);

/** Independent standard normal inputs `[N, F]`; the first inputs are the same however many there are. */
export function drawInputs({ rows, inputs, seed }: FamilySize): number[][] {
  const columns = inputNames(inputs).map((name) => {
    const random = seededRandom(seed, `synthetic/input/${name}`);
    return Array.from({ length: rows }, () => random.normal());
  });
  return Array.from({ length: rows }, (_, row) => columns.map((column) => column[row]!));
}

/** The stream from which a family draws its directions. */
export const directionsOf = ({ seed }: FamilySize): Random => seededRandom(seed, "synthetic/directions");

/** Truth of a task but for its coefficients: cuts at the quantiles of score + noise, and the best score there is. */
export function plantedTask({ kind, noise, shares, classes }: TaskPlan): Omit<PlantedTask, "coefficients"> {
  const deviation = Math.sqrt(1 + noise * noise);
  let below = 0;
  const cuts = shares.slice(0, -1).map((share) => deviation * normalQuantile((below += share)));
  const best = kind === "regression" ? bestRegression(noise) : bestClassification(cuts, noise);
  return { kind, noise, classes, cuts, best, cluster: null, outlier: false, parent: null };
}

/** Targets of all rows: the score with its noise, or the class in whose interval that lies. */
export function drawTargets(
  name: string,
  task: Pick<PlantedTask, "coefficients" | "noise" | "cuts" | "classes">,
  inputs: readonly (readonly number[])[],
  seed: number,
): Targets {
  const random = seededRandom(seed, `synthetic/noise/${name}`);
  return inputs.map((row) => {
    const value = dot(task.coefficients, row) + task.noise * random.normal();
    return task.classes.length === 0 ? value : task.classes[placeAmong(task.cuts, value)]!;
  });
}

/** How many ascending cuts lie at or below a value. */
export const placeAmong = (cuts: readonly number[], value: number): number =>
  cuts.filter((cut) => cut <= value).length;

/** A family from tasks, each with its targets; `removed` labels are taken out. */
export function familyOf(
  inputs: readonly (readonly number[])[],
  tasks: readonly { readonly name: string; readonly task: PlantedTask; readonly targets: Targets }[],
  { relations = [], removed = [] }: { relations?: readonly string[]; removed?: readonly RemovedLabel[] } = {},
): Family {
  const names = inputNames(inputs[0]!.length);
  const rows = inputs.map((values, i): Record<string, unknown> => ({
    ...Object.fromEntries(names.map((name, f) => [name, values[f]])),
    ...Object.fromEntries(tasks.map(({ name, targets }) => [name, targets[i]])),
  }));
  for (const { row, task } of removed) rows[row]![task] = null;
  return {
    rows: rows satisfies readonly Row[],
    inputs: names,
    tasks: Object.fromEntries(
      tasks.map(({ name, task }) => [
        name,
        { kind: task.kind === "regression" ? "regression" : "classification" },
      ]),
    ),
    relations,
    truth: {
      tasks: Object.fromEntries(tasks.map(({ name, task }) => [name, task])),
      relations: cosines(tasks.map(({ task }) => task.coefficients)),
      removed,
      missing: [],
    },
  };
}
