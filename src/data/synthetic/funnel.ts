import { ConfigError } from "../../base/errors.js";
import { orthonormal } from "./directions.js";
import type { Family, RemovedLabel } from "./family.js";
import { type FamilyOptions, checkRange, familySize } from "./options.js";
import { directionsOf, drawInputs, drawTargets, familyOf, plantedTask } from "./plant.js";

/** Steps of a funnel and how they hang together. */
export interface FunnelOptions extends FamilyOptions {
  /** Steps in order, each with the share of all rows that would take it if asked; `{ clicked: 0.4, bought: 0.3 }` when absent. */
  readonly steps?: Readonly<Record<string, number>>;
  /** Cosine of the coefficients of a step and the next, in [−1, 1]; 0.6 when absent. */
  readonly affinity?: number;
}

/**
 * Conditional targets: a step has a label only in rows where the step before it is `yes`.
 *
 * Step j is `yes` where s_j + noise·ε_j exceeds a cut, so that its share over all rows is the one asked for. Coefficients are
 * w_1 = e_1, w_j = affinity·w_{j−1} + √(1 − affinity²)·e_j with e at right angles. With a positive affinity rows that reach a
 * step are more willing than others to take the next one, so its share among labelled rows is higher than over all: the sample
 * selection bias. Labels of rows that did not come that far are in `truth.removed`, so that a model can be judged on all rows.
 * `best` is over all rows too.
 *
 * @throws {ConfigError} for an option out of its range; one input for each step is the least.
 * Departures: the later labels are known for all rows, here as truth.
 * @see Ma et al. 2018, "Entire Space Multi-Task Model: An Effective Approach for Estimating Post-Click Conversion
 * Rate".
 */
export function funnel(options: FunnelOptions = {}): Family {
  const where = "funnel";
  const { steps = { clicked: 0.4, bought: 0.3 }, affinity = 0.6 } = options;
  const names = Object.keys(steps);
  checkSteps(where, steps);
  checkRange(where, "affinity", affinity, { least: -1, most: 1 });
  const size = familySize(where, options, names.length);
  const inputs = drawInputs(size);
  let previous: readonly number[] | undefined;
  const own = orthonormal(directionsOf(size), names.length, size.inputs);
  const tasks = names.map((name, j) => {
    const before = previous;
    const coefficients = before
      ? before.map((x, i) => affinity * x + Math.sqrt(1 - affinity * affinity) * own[j]![i]!)
      : own[j]!;
    previous = coefficients;
    const plan = {
      kind: "binary" as const,
      noise: size.noise,
      shares: [1 - steps[name]!, steps[name]!],
      classes: ["no", "yes"],
    };
    const task = { ...plantedTask(plan), coefficients, parent: names[j - 1] ?? null };
    return { name, task, targets: drawTargets(name, task, inputs, size.seed) };
  });
  const removed = tasks
    .slice(1)
    .flatMap(({ name, targets }, j): RemovedLabel[] =>
      targets.flatMap((value, row): RemovedLabel[] =>
        tasks.slice(0, j + 1).every((earlier) => earlier.targets[row] === "yes")
          ? []
          : [{ row, task: name, value, why: "after-parent" }],
      ),
    );
  return familyOf(inputs, tasks, {
    relations: names.slice(1).map((name, j) => `${names[j]}:${name}`),
    removed,
  });
}

function checkSteps(where: string, steps: Readonly<Record<string, number>>): void {
  const names = Object.keys(steps);
  if (names.length < 2) {
    throw new ConfigError({
      where,
      subject: "steps",
      expected: "two steps or more",
      got: String(names.length),
    });
  }
  for (const name of names) {
    if (/^(?:x?\d+|__proto__|)$/.test(name)) {
      throw new ConfigError({
        where,
        subject: "steps",
        expected: "names that are no numbers and no inputs",
        got: `"${name}"`,
      });
    }
    checkRange(where, `steps.${name}`, steps[name]!, { above: 0, below: 1 });
  }
}
