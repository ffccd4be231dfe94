/** How long one model may train, and in what bites. */
export interface Budget {
  /** Most epochs. */
  readonly epochs: number;
  /** Epochs without a better validation loss before training stops. */
  readonly patience: number;
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

/**
 * The default budget by number of training rows. Small tables get more epochs, smaller batches and the stronger input
 * adapter, and a second training with the validation rows; from 5000 rows on the first layer is computed once for all
 * members and the validation rows are no longer missed.
 */
export function defaultBudget(trainRows: number): Budget {
  const learningRate = 2e-3;
  if (trainRows < 1000)
    return {
      epochs: 400,
      patience: 20,
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
      batch: 128,
      learningRate,
      members: 16,
      adapter: "input",
      refit: true,
    };
  return { epochs: 100, patience: 8, batch: 256, learningRate, members: 8, adapter: "output", refit: false };
}
