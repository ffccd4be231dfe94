import type { InspectedTable } from "../data/index.js";
import { readRawTable } from "../data/sources/index.js";
import { checkWritable, writeRun } from "../run/index.js";
import { nodeRuntime } from "../runtime/node.js";
import type { StudyEvent, StudyHooks } from "./events.js";
import type { StudyOptions } from "./options.js";
import { type PlannedStudy, inspectForStudy } from "./prepare.js";
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
   * @param hooks.folder where the run is written; nothing is written without it.
   * @throws {KindredError} as reading, training and writing do; an abort rejects with the signal's reason.
   */
  train(
    hooks?: StudyHooks & { readonly folder?: string; readonly overwrite?: boolean },
  ): Promise<TrainedModel<T>>;
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
  const plan = planAloud(table, options, hooks);
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
  hooks: StudyHooks & { folder?: string; overwrite?: boolean },
): Promise<TrainedModel<T>> {
  const emit = (event: StudyEvent): void => hooks.onEvent?.(event);
  if (hooks.folder !== undefined) await checkWritable(hooks.folder, { overwrite: hooks.overwrite ?? false });
  const runtime = await nodeRuntime();
  try {
    if (runtime.kind === "wasm") emit({ type: "notice", level: "info", text: runtime.reason });
    const place = { runtime, host: HOST, name: nameOf(options, hooks.folder) };
    const trained = await trainPlan(plan, options, place, hooks);
    const { record, modelBytes } = trained;
    const files = await runFiles({ ...trained, plan, options });
    const save: TrainedModel["save"] = async (folder, how = {}) => {
      emit({ type: "stage", stage: "writing", detail: folder });
      await writeRun(folder, files, { overwrite: how.overwrite ?? false });
    };
    if (hooks.folder !== undefined) await save(hooks.folder, { overwrite: hooks.overwrite ?? false });
    const model = await serveModel<T>(modelBytes, runtime, { onClose: () => runtime.close() });
    return { ...model, record, modelBytes, save };
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

const HOST = { node: process.version, platform: `${process.platform}-${process.arch}` } as const;

function nameOf(options: StudyOptions, folder?: string): string {
  return (folder ?? options.data).split(/[\\/]/).findLast((part) => part !== "") ?? "study";
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
  hooks.onEvent?.({ type: "stage", stage: "reading", detail: options.data });
  return studyOf<T>(inspectForStudy(await readRawTable(options.data), options), options, hooks);
}
