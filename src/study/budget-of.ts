import { type Budget, defaultBudget } from "../training/budget.js";
import { periodicWidth } from "../model/periodic-numbers.js";
import { OPTIMIZERS } from "../training/optimizers/index.js";
import { kindOf } from "../tasks/index.js";
import { labelledCount } from "../training/training-data.js";
import type { StudyOptions } from "./options.js";
import type { PreparedStudy } from "./prepare.js";

/** The budget with every `auto` resolved, by the number of training rows, the width of the encoded inputs and the optimiser. */
export function budgetOf(
  { budget, sharing }: Pick<StudyOptions, "budget" | "sharing">,
  trainRows: number,
  width?: number,
): Budget {
  const base = defaultBudget(trainRows, width);
  const pick = (value: number | "auto", fallback: number): number => (value === "auto" ? fallback : value);
  return {
    epochs: pick(budget.epochs, base.epochs),
    patience: pick(budget.patience, base.patience),
    monitor: budget.monitor === "auto" ? monitorOf(budget.stopping, base) : budget.monitor,
    batch: Math.min(pick(budget.batch, base.batch), trainRows),
    learningRate: pick(budget.learningRate, base.learningRate * OPTIMIZERS[budget.optimizer].rateScale),
    members: pick(sharing.members, base.members),
    adapter: base.adapter,
    refit: budget.refit === "auto" ? base.refit : budget.refit === "always",
  };
}

const monitorOf = (stopping: StudyOptions["budget"]["stopping"], { monitor }: Budget): Budget["monitor"] =>
  stopping === "per-task" ? "each" : monitor;

/** Training rows of a study and of each of its tasks. */
export interface TrainRows {
  readonly all: number;
  /** Training rows with a label, by task; all of them for a task that needs none. */
  readonly labelled: Readonly<Record<string, number>>;
  /** Width of what the trunk reads. */
  readonly width?: number;
}

/** Counts the training rows of a study. */
export function trainRowsOf({
  tasks,
  data,
  numbers,
}: Pick<PreparedStudy, "tasks" | "data" | "numbers">): TrainRows {
  const { train } = data.split;
  const labelled = tasks.map(({ name, coding }): [string, number] => {
    const { supervised } = kindOf(coding);
    return [name, supervised ? labelledCount(data.truths[name]!, train) : train.length];
  });
  return {
    all: train.length,
    labelled: Object.fromEntries(labelled),
    width: data.width + periodicWidth(numbers),
  };
}

/**
 * The budget of the shared model. Whether it is trained once more with the validation rows follows the task with the most
 * labelled rows: where every task has few, none can spare them, however many rows there are in all.
 */
export function sharedBudget(options: Pick<StudyOptions, "budget" | "sharing">, rows: TrainRows): Budget {
  const most = Math.max(1, ...Object.values(rows.labelled));
  return { ...budgetOf(options, rows.all, rows.width), refit: budgetOf(options, most).refit };
}

const FEWER = 0.5; // share of the study's training rows below which a task alone is another study

/**
 * The budget of a task alone. A task labelled in less than half of the study's training rows gets what its own rows would
 * have got in a study of their own, since that is what it is compared with; the model stays that of the study.
 */
export function aloneBudget(
  options: Pick<StudyOptions, "budget" | "sharing">,
  shared: Budget,
  { all, labelled }: TrainRows,
  task: string,
): Budget {
  const own = labelled[task]!;
  if (own >= FEWER * all) return shared;
  const { members, adapter } = shared;
  return { ...budgetOf(options, own), members, adapter };
}
