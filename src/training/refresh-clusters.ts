import { startClusters, writeTargets } from "./cluster-targets.js";
import { type FitRun, holdTables } from "./fit-run.js";
import { floats } from "./training-data.js";

/**
 * Starts clusters when their time has come and renews the sharpened targets after every later epoch. Where an average of
 * the parameters is kept, it starts anew with the clusters.
 */
export async function refreshClusters(run: FitRun, epoch: number, parameters: Float32Array): Promise<void> {
  if (run.clusters.length === 0 || epoch < run.clusterStart) return;
  const { split } = run.data;
  if (epoch === run.clusterStart) {
    const fetch = run.clusters.map(({ group }) => `output.${group.name}`);
    const { outputs } = await run.applier.apply(parameters, split.train, run.tables, fetch);
    run.clusters.forEach((task, i) => {
      const target = { layout: run.graph.layout, flat: parameters };
      startClusters(
        run.spec,
        task,
        outputs[fetch[i]!]!,
        split.train.length,
        target,
        run.random.fork(`clusters ${task.name}`),
      );
    });
    const started = floats(parameters, [parameters.length]);
    await run.session.hold({ parameters: started, [run.graph.kept]: started });
  }
  const fetch = run.clusters.map(({ name }) => `predict.${name}`);
  for (const [part, rows] of Object.entries({ train: split.train, validation: split.validation })) {
    if (rows.length === 0) continue;
    const { outputs } = await run.applier.apply(parameters, rows, run.tables, fetch);
    run.clusters.forEach((task, i) => {
      const assignment = writeTargets(run.spec, task, outputs[fetch[i]!]!, rows, run.tables);
      if (part === "train") run.stopping.assigned(task.name, assignment);
    });
  }
  await holdTables(run.session, run.tables, run.data.rows, run.spec.tasks.length);
}
