import type { Monitor } from "./fitted.js";

/** How long one model may train, and in what bites. */
export interface Budget {
  /** Most epochs. */
  readonly epochs: number;
  /** Epochs without a better validation loss before training stops. */
  readonly patience: number;
  /** What must stop improving before training stops (see FitOptions). */
  readonly monitor: Monitor;
  /** Rows in a batch. */
  readonly batch: number;
  /** Highest learning rate, per step; by default Adam's, times the rate scale of another optimiser. */
  readonly learningRate: number;
  /** Members of the weight-sharing ensemble. */
  readonly members: number;
  /** Where the first layer tells members apart (see ModelSpec). */
  readonly adapter: "input" | "output";
  /** Whether to train once more with the validation rows (see FitOptions). */
  readonly refit: boolean;
}

const SPARED = 20_000; // training rows from which the validation rows are no longer missed
const NARROW = 256; // encoded inputs up to which scaling them for each member costs little

/**
 * The default budget by number of training rows and width of the encoded inputs. Small tables get more epochs, wait for tasks
 * that still improve, and have smaller batches and the stronger input adapter; from 5000 rows on, where the inputs are wide, the
 * first layer is computed once for all members. Below 20,000 rows there is a second training with the validation rows.
 */
export function defaultBudget(trainRows: number, width = 0): Budget {
  const learningRate = 2e-3;
  if (trainRows < 1000)
    return {
      epochs: 400,
      patience: 20,
      monitor: "each",
      batch: trainRows < 500 ? 32 : 64,
      learningRate,
      members: 16,
      adapter: "input",
      refit: true,
    };
  if (trainRows < 5000)
    return {
      epochs: 200,
      patience: 12,
      monitor: "mean",
      batch: 128,
      learningRate,
      members: 16,
      adapter: "input",
      refit: true,
    };
  const adapter = width <= NARROW ? "input" : "output";
  const refit = trainRows < SPARED;
  return { epochs: 100, patience: 8, monitor: "mean", batch: 256, learningRate, members: 8, adapter, refit };
}
