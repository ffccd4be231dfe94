import { unit } from "./directions.js";
import type { Family } from "./family.js";
import { manyTasks, taskCount } from "./many-tasks.js";
import { type FamilyOptions, type ManyTasksOptions, checkWhole, familySize } from "./options.js";
import { directionsOf } from "./plant.js";

/** Sizes of the two parts of a dirty model. */
export interface DirtyOptions extends Omit<ManyTasksOptions, "spread"> {
  /** Inputs that all tasks read, each with coefficients of its own; 3 when absent. */
  readonly common?: number;
  /** Inputs that each task reads alone; 1 when absent. */
  readonly own?: number;
}

/**
 * Tasks that read few inputs: some that all tasks read, and some each task reads alone.
 *
 * W = B + S, where B is non-zero in the rows of the `common` first inputs and S in the `own` next inputs for task 1, the `own`
 * after these for task 2, and so on; entries are ±(1 + |n|) with n standard normal, a task's column scaled to length 1. Inputs
 * after these are read by nobody.
 *
 * @throws {ConfigError} for an option out of its range; there must be common + own·tasks inputs, at least one read by a task.
 * Departures: entries are bounded away from 0, so that every planted coefficient can be found.
 * @see Jalali, Ravikumar, Sanghavi & Ruan 2010, "A Dirty Model for Multi-task Learning" (W = B + S).
 */
export function dirtyTasks(options: DirtyOptions = {}): Family {
  const where = "dirtyTasks";
  const { common = 3, own = 1 } = options;
  const tasks = taskCount(where, options, 1);
  checkWhole(where, "common", common, 0);
  checkWhole(where, "own", own, common === 0 ? 1 : 0);
  const size = familySize(where, options satisfies FamilyOptions, common + own * tasks);
  const directions = Array.from({ length: tasks }, (_, t) => {
    const random = directionsOf(size).fork(`dirty/${t}`);
    const vector = Array.from({ length: size.inputs }, () => 0);
    const read = (input: number): void => {
      const sign = random.uniform() < 0.5 ? -1 : 1;
      vector[input] = sign * (1 + Math.abs(random.normal()));
    };
    for (let i = 0; i < common; i++) read(i);
    for (let i = 0; i < own; i++) read(common + own * t + i);
    return unit(vector);
  });
  return manyTasks(
    where,
    options,
    directions,
    directions.map(() => ({})),
  );
}
