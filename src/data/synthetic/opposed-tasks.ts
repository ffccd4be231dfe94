import type { Family } from "./family.js";
import { leaningFamily, spreadOf, taskCount } from "./many-tasks.js";
import type { ManyTasksOptions } from "./options.js";

/**
 * Tasks on two sides: what raises a target of one side lowers those of the other.
 *
 * Odd tasks have coefficients (c + spread·a_t)/√(1 + spread²), even ones (−c + spread·a_t)/√(1 + spread²), with a_t at right
 * angles to c. Cosines are near 1 within a side and near −1 across: the relation is as strong, but negative. `cluster` is the
 * side, 0 or 1.
 *
 * @throws {ConfigError} for an option out of its range; two tasks and two inputs are the least.
 * Departures: any number of tasks and inputs; the original has one rising and one falling line.
 * @see Zhang & Yeung 2010, "A Convex Formulation for Learning Task Relationships in Multi-Task Learning", the toy problem.
 */
export function opposedTasks(options: ManyTasksOptions = {}): Family {
  const where = "opposedTasks";
  const tasks = taskCount(where, options, 2);
  const spread = spreadOf(where, options);
  const places = Array.from({ length: tasks }, (_, t) => {
    const sign = t % 2 === 0 ? (1 as const) : (-1 as const);
    return { anchor: 0, sign, spread, cluster: t % 2 };
  });
  return leaningFamily(where, options, 1, places);
}
