import { type Budget, defaultBudget } from "../training/budget.js";
import { OPTIMIZERS } from "../training/optimizers/index.js";
import type { StudyOptions } from "./options.js";

/** The budget with every `auto` resolved, by the number of training rows and the optimiser. */
export function budgetOf(
  { budget, sharing }: Pick<StudyOptions, "budget" | "sharing">,
  trainRows: number,
): Budget {
  const base = defaultBudget(trainRows);
  const pick = (value: number | "auto", fallback: number): number => (value === "auto" ? fallback : value);
  return {
    epochs: pick(budget.epochs, base.epochs),
    patience: pick(budget.patience, base.patience),
    batch: Math.min(pick(budget.batch, base.batch), trainRows),
    learningRate: pick(budget.learningRate, base.learningRate * OPTIMIZERS[budget.optimizer].rateScale),
    members: pick(sharing.members, base.members),
    adapter: base.adapter,
    refit: budget.refit === "auto" ? base.refit : budget.refit === "always",
  };
}
