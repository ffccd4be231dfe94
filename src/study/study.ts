import { ConfigError } from "../base/errors.js";
import type { InspectedTable } from "../data/index.js";
import { readRawTable } from "../data/sources/index.js";
import { type CompareHooks, compare } from "../evaluation/compare.js";
import { type ModelSpec, TASK_EMBEDDING_WIDTH } from "../model/spec.js";
import { checkLinks, parseLink } from "../relations/links.js";
import type { RunRecord } from "../run/record.js";
import { checkWritable, writeRun } from "../run/index.js";
import { nodeRuntime } from "../runtime/node.js";
import { kindOf } from "../tasks/index.js";
import type { Task } from "../tasks/task-kind.js";
import type { Budget } from "../training/budget.js";
import type { FitHooks, FitOptions } from "../training/fitted.js";
import { budgetOf } from "./budget-of.js";
import type { StudyEvent } from "./events.js";
import type { StudyOptions } from "./options.js";
import {
  type PlannedStudy,
  type PreparedStudy,
  planStudy,
  prepareStudy,
  inspectForStudy,
} from "./prepare.js";
import { recordOf } from "./record-of.js";
import { runFiles } from "./run-files.js";
import { type Model, serveModel } from "./served-model.js";
import type { TaskMap } from "./task-options.js";

/** What a caller may watch and stop. */
export interface StudyHooks {
  readonly onEvent?: (event: StudyEvent) => void;
  readonly signal?: AbortSignal;
}

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
export interface TrainedModel<T extends TaskMap = TaskMap> extends Model<T> {
  readonly record: RunRecord;
  /** Writes the run folder: model, record, metrics, predictions, report. */
  save(folder: string, options?: { readonly overwrite?: boolean }): Promise<void>;
}

const MOST_SET_ASIDE = 8; // columns named one by one in the notice

/** Plans a study over a table already read. */
export function studyOf<T extends TaskMap = TaskMap>(
  table: InspectedTable,
  options: StudyOptions,
  hooks: StudyHooks = {},
): Study<T> {
  if (Object.keys(options.tasks).length === 0) {
    throw new ConfigError({
      where: "study",
      subject: "tasks",
      expected: "at least one column or clustering task",
      got: "none",
      fix: "Name targets with --tasks.",
    });
  }
  const plan = planStudy(table, options);
  if (plan.setAside.length > 0) {
    const shown = plan.setAside
      .slice(0, MOST_SET_ASIDE)
      .map(({ column, detail }) => `"${column}" (${detail})`);
    const rest = plan.setAside.length - shown.length;
    const columns = rest > 0 ? [...shown, `and ${rest} more, all in the report`] : shown;
    hooks.onEvent?.({ type: "notice", level: "info", text: `Set aside: ${columns.join("; ")}.` });
  }
  for (const text of plan.warnings) hooks.onEvent?.({ type: "notice", level: "warning", text });
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
    emit({
      type: "stage",
      stage: "preparing",
      detail: `${plan.inputs.length} ${plan.inputs.length === 1 ? "input" : "inputs"}, ${plan.split.train.length} training rows`,
    });
    const prepared = await prepareStudy(plan, options, runtime);
    for (const text of prepared.warnings) emit({ type: "notice", level: "warning", text });
    const budget = budgetOf(options, plan.split.train.length);
    const spec = specOf(options, prepared, budget);
    const fitOptions = fitOptionsOf(options, budget);
    emit({
      type: "stage",
      stage: "training",
      detail: spec.tasks.length === 1 ? "1 task" : `${spec.tasks.length} tasks together, then each alone`,
    });
    const comparison = await compare(
      spec,
      prepared.data,
      fitOptions,
      runtime,
      compareHooks(fitOptions, emit, hooks.signal),
    );
    emit({ type: "stage", stage: "evaluating", detail: `${plan.split.test.length} test rows` });
    const record = recordOf({
      plan,
      prepared,
      comparison,
      options,
      fitOptions,
      runtime,
      name: nameOf(options, hooks.folder),
    });
    const files = await runFiles({ record, plan, prepared, comparison, options });
    const save: TrainedModel["save"] = async (folder, how = {}) => {
      emit({ type: "stage", stage: "writing", detail: folder });
      await writeRun(folder, files, { overwrite: how.overwrite ?? false });
    };
    if (hooks.folder !== undefined) await save(hooks.folder, { overwrite: hooks.overwrite ?? false });
    const model = await serveModel<T>(files["model.onnx"] as Uint8Array, runtime, {
      onClose: () => runtime.close(),
    });
    return { ...model, record, save };
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

function specOf(options: StudyOptions, prepared: PreparedStudy, budget: Budget): ModelSpec {
  const names = prepared.tasks.map(({ name }) => name);
  const links = options.relations.map((text) => parseLink(text, names));
  checkLinks(links, prepared.tasks.map(linkedTask));
  return {
    inputs: prepared.encoding.width,
    tasks: prepared.tasks,
    links,
    trunk: options.sharing.trunk,
    initializer: options.sharing.initializer,
    members: budget.members,
    adapter: budget.adapter,
    head: options.sharing.head,
    tie: options.sharing.tie,
    embedding: TASK_EMBEDDING_WIDTH,
  };
}

function linkedTask({ name, coding }: Task): { name: string; kind: string; width: number } {
  const kind = kindOf(coding);
  return { name, kind: kind.slug, width: kind.outputWidth(coding) };
}

function fitOptionsOf({ budget, balance, seed }: StudyOptions, resolved: Budget): FitOptions {
  const { optimizer, weightDecay, warmup, clip, dropout, average } = budget;
  const { epochs, patience, batch, learningRate, refit } = resolved;
  return {
    optimizer,
    balancer: balance,
    epochs,
    patience,
    batch,
    learningRate,
    weightDecay,
    warmup,
    clip,
    dropout,
    average,
    refit,
    seed,
  };
}

function compareHooks(
  options: FitOptions,
  emit: (event: StudyEvent) => void,
  signal?: AbortSignal,
): CompareHooks {
  const hooksFor = (model: string): FitHooks => ({
    onSlice: (epoch, losses) => emit({ type: "epoch", model, epoch, epochs: options.epochs, losses }),
    onEpoch: ({ epoch, train, validation }) =>
      emit({ type: "epoch", model, epoch, epochs: options.epochs, losses: train, validation }),
  });
  return {
    hooksFor,
    onTrained: (model, { bestEpoch, epochs, seconds }) =>
      emit({ type: "trained", model, bestEpoch, epochs: epochs.length, seconds }),
    ...(signal && { signal }),
  };
}

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
