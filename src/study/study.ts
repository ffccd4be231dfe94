import type { InspectedTable } from "../data/index.js";
import { shownSource, sourceStem } from "../data/sources/index.js";
import { type MayReplace, writeRun } from "../run/index.js";
import { nodeRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/runtime.js";
import { dataWords, firstSource, mapData } from "./data-names.js";
import type { StudyEvent, StudyHooks } from "./events.js";
import { type TrainInto, keptRun } from "./kept-run.js";
import type { StudyOptions } from "./options.js";
import { type PlannedStudy, inspectForStudy } from "./plan.js";
import { readData } from "./read-data.js";
import { runFiles } from "./run-files.js";
import { serveModel } from "./served-model.js";
import type { TaskMap } from "./task-options.js";
import { type PortableModel, planAloud, trainPlan } from "./train-plan.js";

/** A table with its tasks, ready to be trained. */
export interface Study<T extends TaskMap = TaskMap> {
  readonly options: StudyOptions;
  readonly tasks: PlannedStudy["tasks"];
  readonly warnings: readonly string[];
  /**
   * Trains the multi-task model and every single-task baseline and compares them on test rows.
   *
   * @param hooks.folder where the run is written, and where its state is kept while it is trained, so that `resume` goes on
   * after an interruption; nothing is written without it.
   * @throws {KindredError} as reading, training and writing do; an abort rejects with the signal's reason.
   */
  train(hooks?: StudyHooks & TrainInto): Promise<TrainedModel<T>>;
}

/** A model just trained, with the record of its run. */
export interface TrainedModel<T extends TaskMap = TaskMap> extends PortableModel<T> {
  /** Writes the run folder: model, record, metrics, predictions, report. */
  save(folder: string, options?: { readonly overwrite?: boolean }): Promise<void>;
}

/** Plans a study over a table already read. */
export function studyOf<T extends TaskMap = TaskMap>(
  table: InspectedTable,
  options: StudyOptions,
  hooks: StudyHooks = {},
): Study<T> {
  return studyOfPlan(planAloud(table, options, hooks), options, hooks);
}

function studyOfPlan<T extends TaskMap>(
  plan: PlannedStudy,
  options: StudyOptions,
  hooks: StudyHooks,
): Study<T> {
  return {
    options,
    tasks: plan.tasks,
    warnings: plan.warnings,
    train: (given = {}) => trainStudy<T>(plan, options, { ...hooks, ...given }),
  };
}

async function trainStudy<T extends TaskMap>(
  plan: PlannedStudy,
  options: StudyOptions,
  hooks: StudyHooks & TrainInto,
): Promise<TrainedModel<T>> {
  const emit = (event: StudyEvent): void => hooks.onEvent?.(event);
  const { folder } = hooks;
  const kept = folder === undefined ? undefined : await keptRun(folder, options, hooks);
  let runtime: Runtime | undefined;
  try {
    const opened = await nodeRuntime();
    runtime = opened;
    if (opened.kind === "wasm") emit({ type: "notice", level: "info", text: opened.reason });
    const place = { runtime: opened, host: HOST, name: nameOf(options, folder), ...(kept && { kept }) };
    const trained = await trainPlan(plan, options, place, hooks);
    const { record, modelBytes } = trained;
    const files = await runFiles({ ...trained, plan, options });
    const write = async (where: string, may: MayReplace): Promise<void> => {
      emit({ type: "stage", stage: "writing", detail: where });
      await writeRun(where, files, may);
    };
    if (folder !== undefined) await write(folder, { overwrite: hooks.overwrite ?? false, resume: true });
    await kept?.finished();
    const model = await serveModel<T>(modelBytes, opened, { onClose: () => opened.close() });
    return { ...model, record, modelBytes, save: (where, may = {}) => write(where, may) };
  } catch (error) {
    await kept?.failed(error);
    await runtime?.close();
    throw error;
  }
}

const HOST = { node: process.version, platform: `${process.platform}-${process.arch}` } as const;

function nameOf(options: StudyOptions, folder?: string): string {
  const stem = folder ?? sourceStem(firstSource(options.data));
  return stem.split(/[\\/]/).findLast((part) => part !== "") ?? "study";
}

/**
 * Reads the table of a study and plans it.
 *
 * @throws {DataError} if the table or a target cannot be used; {ConfigError} for options that name what is not there.
 */
export async function openStudy<T extends TaskMap = TaskMap>(
  options: StudyOptions,
  hooks: StudyHooks = {},
): Promise<Study<T>> {
  const detail = dataWords(mapData(options.data, shownSource));
  hooks.onEvent?.({ type: "stage", stage: "reading", detail });
  const { isStreamed, openStreamed } = await import("./stream-study.js");
  if (await isStreamed(options)) {
    const { table, streamed } = await openStreamed(options, hooks);
    return studyOfPlan<T>(planAloud(table, options, hooks, streamed), options, hooks);
  }
  return studyOf<T>(inspectForStudy(await readData(options), options), options, hooks);
}
