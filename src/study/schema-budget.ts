import type { Setting } from "./schema-setting.js";

/** How long and how training goes: the settings under `budget`, in the order of the study file. */
export const BUDGET_SETTINGS: readonly Setting[] = [
  {
    path: "budget.epochs",
    flag: "epochs",
    placeholder: "n",
    value: { type: "number", whole: true, min: 1, max: 100000, auto: true },
    doc: "most passes over the training rows",
  },
  {
    path: "budget.patience",
    flag: "patience",
    placeholder: "n",
    value: { type: "number", whole: true, min: 1, max: 100000, auto: true },
    doc: "epochs without a better validation loss before training stops",
  },
  {
    path: "budget.stopping",
    flag: "stopping",
    placeholder: "how",
    value: { type: "choice", choices: ["together", "per-task"] },
    doc: "what is kept: the epoch with the best mean validation loss, or for each task its own best epoch where that is clearly better",
  },
  {
    path: "budget.batch",
    flag: "batch",
    placeholder: "n",
    value: { type: "number", whole: true, min: 1, max: 1048576, auto: true },
    doc: "rows in one step",
  },
  {
    path: "budget.optimizer",
    flag: "optimizer",
    placeholder: "method",
    value: { type: "choice", choices: ["adam", "adamw", "adagrad", "lion", "muon", "rmsprop", "sgd"] },
    doc: "optimiser",
  },
  {
    path: "budget.learningRate",
    flag: "learning-rate",
    placeholder: "rate",
    value: { type: "number", above: 0, max: 10, auto: true },
    doc: "highest learning rate of the schedule, per step; auto: by optimiser",
  },
  {
    path: "budget.weightDecay",
    flag: "weight-decay",
    placeholder: "rate",
    value: { type: "number", min: 0, max: 10 },
    doc: "decay of the weights, per step and learning rate",
  },
  {
    path: "budget.warmup",
    flag: "warmup",
    placeholder: "share",
    value: { type: "number", min: 0, below: 1 },
    doc: "share of the steps over which the learning rate rises",
  },
  {
    path: "budget.clip",
    flag: "clip",
    placeholder: "norm",
    value: { type: "number", above: 0 },
    doc: "largest norm of a gradient",
  },
  {
    path: "budget.dropout",
    flag: "dropout",
    placeholder: "share",
    value: { type: "number", min: 0, below: 1, auto: true },
    doc: "share of hidden units left out at each training step; auto: 0.1, or none where targets have hardly any noise",
  },
  {
    path: "budget.average",
    flag: "average",
    placeholder: "decay",
    value: { type: "number", min: 0, below: 1 },
    doc: "decay per step of a moving average of the weights, kept instead of the weights themselves; 0 for none",
  },
  {
    path: "budget.refit",
    flag: "refit",
    placeholder: "when",
    value: { type: "choice", choices: ["auto", "always", "never"] },
    doc: "train once more with the validation rows, for the best number of epochs; auto: while no task has 20,000 labelled training rows",
  },
];
