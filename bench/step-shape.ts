/** The model and the batch of a step: a shared trunk, one hidden layer and one output per task, regression. */
export interface StepShape {
  readonly inputs: number;
  readonly trunk: readonly number[];
  readonly head: number;
  readonly tasks: number;
  readonly batch: number;
  /** Rows in the table from which batches are taken. */
  readonly rows: number;
  /** Steps in one measurement: about a second. */
  readonly steps: number;
}
