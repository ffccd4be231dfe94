import type { Family } from "./family.js";
import { leaningFamily, spreadOf, taskCount } from "./many-tasks.js";
import { type ManyTasksOptions, checkWhole } from "./options.js";

/**
 * Tasks in clusters: those of one cluster have nearly the same coefficients, those of different clusters do not.
 *
 * With centres c_g at right angles to each other and a_t drawn at right angles to all of them, task t of cluster g has
 * coefficients (c_g + spread·a_t)/√(1 + spread²), so that its cosine with its centre is 1/√(1 + spread²). Tasks go to clusters
 * in turn: task 1 to cluster 0, task 2 to cluster 1, …
 *
 * @param options.clusters from 1 to the number of tasks; 2 when absent. There must be more inputs than clusters.
 * @throws {ConfigError} for an option out of its range.
 * Departures: centres are orthogonal and scores have variance 1, so that relatedness and best scores are exact.
 * @see Jacob, Bach & Vert 2008, "Clustered Multi-Task Learning: A Convex Formulation"; Kang, Grauman & Sha 2011,
 * "Learning with Whom to Share in Multi-task Feature Learning".
 */
export function clusteredTasks(options: ManyTasksOptions & { readonly clusters?: number } = {}): Family {
  const where = "clusteredTasks";
  const { clusters = 2 } = options;
  checkWhole(where, "clusters", clusters, 1);
  const tasks = taskCount(where, options, clusters);
  const spread = spreadOf(where, options);
  const places = Array.from({ length: tasks }, (_, t) => {
    const cluster = t % clusters;
    return { anchor: cluster, sign: 1 as const, spread, cluster };
  });
  return leaningFamily(where, options, clusters, places);
}
