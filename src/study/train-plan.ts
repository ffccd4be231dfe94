import { mixturesOf } from "../evaluation/mixtures.js";
import { ConfigError } from "../base/errors.js";
import type { InspectedTable } from "../data/index.js";
import { type CompareHooks, type Comparison, compare } from "../evaluation/compare.js";
import type { RunRecord } from "../run/record.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Budget } from "../training/budget.js";
import type { FitHooks, FitOptions, Fitted } from "../training/fitted.js";
import { bestEpochsOf } from "../training/snapshots.js";
import { aloneBudget, sharedBudget, trainRowsOf } from "./budget-of.js";
import { type MethodChoice, chooseMethods } from "./choose-methods.js";
import { chooseNumbers } from "./choose-numbers.js";
import { codeTargets } from "./code-targets.js";
import { type CrossValidation, crossValidate } from "./cross-validate.js";
import type { StudyEvent, StudyHooks } from "./events.js";
import { type SettledOptions, fitOptionsOf, specOf } from "./fit-plan.js";
import { modelFile } from "./model-file.js";
import type { StudyOptions } from "./options.js";
import { type PlannedStudy, type StreamedPlan, planStudy } from "./plan.js";
import { type PreparedStudy, prepareStudy } from "./prepare.js";
import { recordOf } from "./record-of.js";
import type { Model } from "./served-model.js";
import { findingNotices } from "./study-findings.js";
import type { TaskMap } from "./task-options.js";
import { transformNotes } from "./transform-notes.js";

/** A model just trained, with the record of its run and its file. */
export interface PortableModel<T extends TaskMap = TaskMap> extends Model<T> {
  readonly record: RunRecord;
  /** The bytes of `model.onnx`, which `openModel` opens anywhere. */
  readonly modelBytes: Uint8Array;
}

/** Where a study is trained, and under which name. */
export interface TrainingPlace {
  readonly runtime: Runtime;
  readonly host: Pick<RunRecord["environment"], "node" | "platform">;
  readonly name: string;
  /** The longest a run of steps should keep the thread, in milliseconds; that of `runInSlices` when absent. */
  readonly sliceMs?: number;
  /** Where the state of every model is kept, and who is told what was kept before. */
  readonly kept?: Pick<CompareHooks, "checkpointFor" | "onResume">;
}

/** A study trained and compared, with everything its files are made from. */
export interface TrainedPlan {
  readonly prepared: PreparedStudy;
  readonly comparison: Comparison;
  readonly record: RunRecord;
  readonly modelBytes: Uint8Array;
  readonly crossValidation?: CrossValidation;
}

const MOST_SET_ASIDE = 8; // columns named one by one in the notice

/**
 * Plans a study over a table already read and tells what is to be known about it.
 *
 * @throws {ConfigError} if there is no task, or for names that are not in the table; {DataError} for targets and tables that
 * cannot be used.
 */
export function planAloud(
  table: InspectedTable,
  options: StudyOptions,
  hooks: StudyHooks,
  streamed?: StreamedPlan,
): PlannedStudy {
  if (Object.keys(options.tasks).length === 0) {
    throw new ConfigError({
      where: "study",
      subject: "tasks",
      expected: "at least one column or clustering task",
      got: "none",
      fix: "Name targets with --tasks.",
    });
  }
  const plan = planStudy(table, options, streamed);
  if (plan.setAside.length > 0) {
    const shown = plan.setAside
      .slice(0, MOST_SET_ASIDE)
      .map(({ column, detail }) => `"${column}" (${detail})`);
    const rest = plan.setAside.length - shown.length;
    const columns = rest > 0 ? [...shown, `and ${rest} more, all in the report`] : shown;
    hooks.onEvent?.({ type: "notice", level: "info", text: `Set aside: ${columns.join("; ")}.` });
  }
  for (const notice of findingNotices(plan.findings, plan.warnings))
    hooks.onEvent?.({ type: "notice", ...notice });
  if (plan.folds) {
    const [times, tasks] = [plan.folds.length, plan.tasks.length];
    const each = tasks === 1 ? "one model" : `${1 + tasks} models`;
    const text = `Scores come from ${times} folds of ${each} each; then the model that is saved is trained on all rows.`;
    hooks.onEvent?.({ type: "notice", level: "info", text });
    // a fold whose training rows hold one label only is told before any model is trained
    for (const { split } of plan.folds) codeTargets({ ...plan, split }, options);
  }
  return plan;
}

/**
 * Trains the multi-task model and every single-task baseline of a plan and compares them on test rows: the whole of a study
 * but reading and writing, on any runtime.
 *
 * @throws {KindredError} as fitting does; an abort rejects with the signal's reason.
 */
export async function trainPlan(
  plan: PlannedStudy,
  options: StudyOptions,
  { runtime, host, name, sliceMs, kept }: TrainingPlace,
  hooks: StudyHooks,
): Promise<TrainedPlan> {
  const emit = (event: StudyEvent): void => hooks.onEvent?.(event);
  emit({
    type: "stage",
    stage: "preparing",
    detail: `${plan.inputs.length} ${plan.inputs.length === 1 ? "input" : "inputs"}, ${plan.streamed?.train ?? plan.split.train.length} training rows`,
  });
  const trying: Trying = {
    ...(hooks.signal && { signal: hooks.signal }),
    onTrial: (text) => emit({ type: "notice", level: "info", text }),
  };
  const ready = await readyToTrain(plan, options, runtime, trying);
  const { prepared, fitOptions, choices } = ready;
  for (const text of prepared.warnings) emit({ type: "notice", level: "warning", text });
  for (const text of transformNotes(prepared.tasks)) emit({ type: "notice", level: "info", text });
  for (const { setting, chosen, reason, tried } of choices)
    if (setting !== "balance" || tried)
      emit({ type: "notice", level: "info", text: `${setting}: ${chosen}, chosen since ${reason}.` });
  const watched = compareHooks(fitOptions, emit, { ...hooks, ...(sliceMs !== undefined && { sliceMs }) });
  const { comparison, crossValidation } = plan.folds
    ? await crossValidate(plan, options, {
        trainFold: async (part, keyed) => {
          const fold = await readyToTrain(part, options, runtime, trying);
          const checkpointFor = kept?.checkpointFor;
          return compareModels(fold, runtime, {
            ...watched,
            ...(checkpointFor && { checkpointFor: (key: string) => checkpointFor(keyed(key)) }),
          });
        },
        saved: ready,
        runtime,
        hooks: { ...watched, ...kept },
        onEvent: emit,
      })
    : await trainOnce(ready, runtime, { ...watched, ...kept }, emit);
  const tested = plan.folds
    ? new Set(plan.folds.flatMap((fold) => [...fold.split.test])).size
    : plan.split.test.length;
  emit({
    type: "stage",
    stage: "evaluating",
    detail: `${tested} ${plan.folds ? "rows tested in folds" : "test rows"}`,
  });
  const found = crossValidation && { crossValidation };
  const record = recordOf({
    plan,
    prepared,
    comparison,
    options,
    fitOptions,
    choices,
    mixtures: await mixturesOf(comparison.multi, prepared.data, runtime),
    runtime,
    host,
    name,
    ...found,
  });
  return {
    prepared,
    comparison,
    record,
    modelBytes: modelFile({ plan, prepared, comparison, options, readings: plan.table.readings }),
    ...found,
  };
}

/** A plan with everything fitted but the networks. */
interface ReadyToTrain {
  readonly tasks: PlannedStudy["tasks"];
  readonly prepared: PreparedStudy;
  readonly budget: ReturnType<typeof sharedBudget>;
  readonly rows: ReturnType<typeof trainRowsOf>;
  readonly spec: ReturnType<typeof specOf>;
  readonly fitOptions: FitOptions;
  readonly options: SettledOptions;
  readonly choices: readonly MethodChoice[];
  /** The first training of the shared model, where choices needed it. */
  readonly fitted?: Fitted;
}

/** Who stops and hears of trials of methods. */
type Trying = Pick<Parameters<typeof chooseMethods>[1], "signal" | "onTrial">;

async function readyToTrain(
  plan: PlannedStudy,
  given: StudyOptions,
  runtime: Runtime,
  trying: Trying,
): Promise<ReadyToTrain> {
  const first = await prepareStudy(plan, given, runtime);
  const trial = { planned: plan.tasks, prepared: first, runtime, ...trying };
  const settled = await chooseMethods(given, trial);
  const { options, choices } = settled;
  const { prepared, choices: ofNumbers, fitted } = await chooseNumbers(plan, first, settled, trial);
  const rows = trainRowsOf(prepared);
  const budget = spared(sharedBudget(options, rows), prepared);
  const spec = specOf(options, plan.tasks, prepared, budget);
  return {
    tasks: plan.tasks,
    prepared,
    rows,
    budget,
    spec,
    fitOptions: fitOptionsOf(options, plan.tasks, budget),
    options,
    choices: [...choices, ...ofNumbers],
    ...(fitted && { fitted }),
  };
}

/** A streamed table has validation rows to spare: there is no second training. */
const spared = (budget: Budget, { data }: PreparedStudy): Budget =>
  data.streamed ? { ...budget, refit: false } : budget;

const compareModels = (
  { tasks, prepared, rows, budget, spec, fitOptions, options, fitted }: ReadyToTrain,
  runtime: Runtime,
  hooks: CompareHooks,
): Promise<Comparison> =>
  compare(spec, prepared.data, fitOptions, runtime, {
    ...hooks,
    ...(fitted && { first: fitted }),
    aloneOptions: (task) =>
      fitOptionsOf(options, tasks, spared(aloneBudget(options, budget, rows, task), prepared)),
  });

async function trainOnce(
  ready: ReadyToTrain,
  runtime: Runtime,
  hooks: CompareHooks,
  emit: (event: StudyEvent) => void,
): Promise<{ readonly comparison: Comparison; readonly crossValidation?: CrossValidation }> {
  const tasks = ready.spec.tasks.length;
  const detail = tasks === 1 ? "1 task" : `${tasks} tasks together, then each alone`;
  emit({ type: "stage", stage: "training", detail });
  return { comparison: await compareModels(ready, runtime, hooks) };
}

function compareHooks(
  options: FitOptions,
  emit: (event: StudyEvent) => void,
  { signal, sliceMs }: Pick<FitHooks, "signal" | "sliceMs">,
): CompareHooks {
  const hooksFor = (model: string): FitHooks => ({
    onSlice: (epoch, losses) => emit({ type: "epoch", model, epoch, epochs: options.epochs, losses }),
    onEpoch: ({ epoch, train, validation }) =>
      emit({ type: "epoch", model, epoch, epochs: options.epochs, losses: train, validation }),
    ...(sliceMs !== undefined && { sliceMs }),
  });
  return {
    hooksFor,
    onTrained: (model, fitted) => {
      const { bestEpoch, epochs, seconds, further } = fitted;
      const own = further && { bestEpochs: bestEpochsOf(fitted) };
      emit({ type: "trained", model, bestEpoch, ...own, epochs: epochs.length, seconds });
    },
    ...(signal && { signal }),
  };
}
