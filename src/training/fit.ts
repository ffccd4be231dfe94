import { nowMs } from "../base/clock.js";
import { seededRandom } from "../base/random.js";
import type { Layout } from "../model/layout.js";
import type { ModelSpec } from "../model/spec.js";
import type { Runtime } from "../runtime/runtime.js";
import type { EarlyStopping } from "./early-stopping.js";
import { trainEpoch } from "./epoch.js";
import { type FitRun, openFit } from "./fit-run.js";
import type { EpochLosses, FitHooks, FitOptions, Fitted } from "./fitted.js";
import { refreshClusters } from "./refresh-clusters.js";
import type { TrainingData } from "./training-data.js";

/**
 * Trains one model: whole epochs as loops inside the graph, early stopping on validation rows, the best parameters kept. With
 * `refit` the model is then trained anew on training and validation rows together for the best number of epochs, since small
 * tables cannot spare the validation rows; the losses reported stay those of the first training.
 *
 * The same spec, data, options and seed give the same bytes on the same machine and runtime, however the steps were cut
 * into slices.
 *
 * @throws {NumericError} if a loss stops being finite: it names the tasks and the epoch.
 */
export async function fit(
  spec: ModelSpec,
  data: TrainingData,
  options: FitOptions,
  runtime: Runtime,
  hooks: FitHooks = {},
): Promise<Fitted> {
  const started = nowMs();
  const first = await fitOnce(spec, data, options, runtime, hooks);
  const { best, steps, layout } = first;
  const last = options.refit
    ? await fitOnce(spec, withValidationRows(data), options, runtime, quiet(hooks), best.epoch)
    : first;
  return {
    spec,
    layout,
    parameters: last.best.parameters,
    epochs: first.epochs,
    bestEpoch: best.epoch,
    steps: options.refit ? steps + last.steps : steps,
    seconds: (nowMs() - started) / 1000,
  };
}

interface FitResult {
  readonly layout: Layout;
  readonly best: EarlyStopping["best"];
  readonly epochs: readonly EpochLosses[];
  readonly steps: number;
}

/** Trains with early stopping, or for exactly `exactly` epochs. */
async function fitOnce(
  spec: ModelSpec,
  data: TrainingData,
  options: FitOptions,
  runtime: Runtime,
  hooks: FitHooks,
  exactly?: number,
): Promise<FitResult> {
  const random = seededRandom(options.seed, spec.tasks.map(({ name }) => name).join("+"));
  const run = await openFit(spec, data, options, runtime, random, exactly);
  try {
    const epochs: EpochLosses[] = [];
    let epoch = 0;
    let parameters: Float32Array = new Float32Array();
    while (epoch < (exactly ?? options.epochs) && !run.stopping.finished) {
      epoch += 1;
      const train = await trainEpoch(run, epoch, hooks);
      parameters = await endOfEpoch(run, epoch);
      if (exactly !== undefined) continue;
      const validation = await validate(run, epoch, parameters);
      epochs.push({ epoch, train, validation });
      hooks.onEpoch?.(epochs.at(-1)!);
    }
    const best = exactly === undefined ? run.stopping.best : { epoch, parameters };
    return { layout: run.graph.layout, best, epochs, steps: epoch * run.stepsPerEpoch };
  } finally {
    await run.session.close();
    await run.applier.close();
  }
}

function withValidationRows(data: TrainingData): TrainingData {
  const { train, validation, test } = data.split;
  return {
    ...data,
    split: { train: Int32Array.from([...train, ...validation]).sort(), validation: new Int32Array(0), test },
  };
}

/** The second training is not shown epoch by epoch: it has no validation losses of its own. */
const quiet = ({ signal, sliceMs }: FitHooks): FitHooks => ({
  ...(signal && { signal }),
  ...(sliceMs !== undefined && { sliceMs }),
});

/** The parameters, or their average, after an epoch, with clusters started or their targets renewed. */
async function endOfEpoch(run: FitRun, epoch: number): Promise<Float32Array> {
  const name = epoch === run.clusterStart ? "parameters" : run.graph.kept;
  const parameters = (await run.session.held([name]))[name]!.data as Float32Array;
  await refreshClusters(run, epoch, parameters);
  return parameters;
}

async function validate(
  run: FitRun,
  epoch: number,
  parameters: Float32Array,
): Promise<Record<string, number>> {
  const { losses } = await run.applier.apply(parameters, run.data.split.validation, run.tables);
  run.stopping.see(epoch, losses, parameters);
  return { ...losses };
}
