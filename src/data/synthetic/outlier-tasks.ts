import type { Family } from "./family.js";
import { leaningFamily, spreadOf, taskCount } from "./many-tasks.js";
import { type ManyTasksOptions, checkWhole } from "./options.js";

/**
 * Related tasks and a few that have nothing to do with any other.
 *
 * Related tasks lean on one centre as in `clusteredTasks`; each outlier has a direction of its own at right angles to the
 * centre, to the related tasks and to the other outliers: its cosine with every other task is 0. Outliers come last.
 *
 * @param options.outliers from 0 to one less than the number of tasks; 1 when absent. There must be at least two more inputs
 * than outliers.
 * @throws {ConfigError} for an option out of its range.
 * @see Chen, Zhou & Ye 2011, "Integrating Low-Rank and Group-Sparse Structures for Robust Multi-Task Learning"; the third task
 * of the toy problem in Zhang & Yeung 2010, "A Convex Formulation for Learning Task Relationships in Multi-Task Learning".
 */
export function outlierTasks(options: ManyTasksOptions & { readonly outliers?: number } = {}): Family {
  const where = "outlierTasks";
  const { outliers = 1 } = options;
  checkWhole(where, "outliers", outliers, 0);
  const tasks = taskCount(where, options, outliers + 1);
  const spread = spreadOf(where, options);
  const related = tasks - outliers;
  const places = Array.from({ length: tasks }, (_, t) =>
    t < related
      ? { anchor: 0, sign: 1 as const, spread, cluster: 0, outlier: false }
      : { anchor: t - related + 1, sign: 1 as const, spread: 0, outlier: true },
  );
  return leaningFamily(where, options, outliers + 1, places);
}
