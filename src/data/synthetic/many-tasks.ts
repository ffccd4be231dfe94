import { ConfigError } from "../../base/errors.js";
import { type Leaning, leaningDirections, orthonormal } from "./directions.js";
import type { Family, TargetKind } from "./family.js";
import { type ManyTasksOptions, checkRange, checkWhole, familySize } from "./options.js";
import { type TaskPlan, directionsOf, drawInputs, drawTargets, familyOf, plantedTask } from "./plant.js";

const KINDS: readonly TargetKind[] = ["regression", "binary", "multiclass"];

/** Where each task points, and what is said of it. */
export interface TaskPlace extends Leaning {
  readonly cluster?: number;
  readonly outlier?: boolean;
}

/** How many tasks are asked for, checked. */
export function taskCount(where: string, { tasks = 6 }: ManyTasksOptions, least: number): number {
  checkWhole(where, "tasks", tasks, least);
  return tasks;
}

/**
 * The turn away from what tasks share, checked.
 *
 * @throws {ConfigError} below 0.
 */
export function spreadOf(where: string, { spread = 0.3 }: ManyTasksOptions): number {
  checkRange(where, "spread", spread, { least: 0 });
  return spread;
}

/** A family of tasks `task1`, `task2`, … that lean on anchors at right angles to each other. */
export function leaningFamily(
  where: string,
  options: ManyTasksOptions,
  anchors: number,
  places: readonly TaskPlace[],
): Family {
  const room = anchors + (places.some(({ spread }) => spread > 0) ? 1 : 0);
  const size = familySize(where, options, room);
  const random = directionsOf(size);
  const anchorVectors = orthonormal(random.fork("anchors"), anchors, size.inputs);
  return manyTasks(where, options, leaningDirections(random, anchorVectors, places), places);
}

/** A family of tasks `task1`, `task2`, … with the given coefficients `[T, F]`. */
export function manyTasks(
  where: string,
  options: ManyTasksOptions,
  directions: readonly (readonly number[])[],
  places: readonly Pick<TaskPlace, "cluster" | "outlier">[],
): Family {
  const size = familySize(where, options, 1);
  const kinds = checkedKinds(where, options.kinds ?? ["regression"]);
  const { classes = 3 } = options;
  checkWhole(where, "classes", classes, 3);
  const inputs = drawInputs(size);
  const patterns = new Map(
    kinds.map((kind) => [kind, plantedTask({ kind, noise: size.noise, ...classesOf(kind, classes) })]),
  );
  const tasks = directions.map((coefficients, t) => {
    const name = `task${t + 1}`;
    const { cluster = null, outlier = false } = places[t]!;
    const task = { ...patterns.get(kinds[t % kinds.length]!)!, coefficients, cluster, outlier };
    return { name, task, targets: drawTargets(name, task, inputs, size.seed) };
  });
  return familyOf(inputs, tasks);
}

/** Class names of a kind in order of the score, and the share of rows in each. */
function classesOf(kind: TargetKind, count: number): Pick<TaskPlan, "classes" | "shares"> {
  switch (kind) {
    case "regression":
      return { classes: [], shares: [] };
    case "binary":
      return { classes: ["no", "yes"], shares: [0.5, 0.5] };
    case "multiclass": {
      const classes = Array.from({ length: count }, (_, k) => `class${k + 1}`);
      return { classes, shares: classes.map(() => 1 / count) };
    }
    default:
      return kind satisfies never;
  }
}

function checkedKinds(where: string, kinds: readonly TargetKind[]): readonly TargetKind[] {
  const wrong = kinds.find((kind) => !KINDS.includes(kind));
  if (kinds.length > 0 && wrong === undefined) return kinds;
  throw new ConfigError({
    where,
    subject: "kinds",
    expected: `one or more of ${KINDS.join(", ")}`,
    got: kinds.length === 0 ? "none" : `"${wrong}"`,
  });
}
