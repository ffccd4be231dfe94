import { type Fold, type SplitRequest, folds, splitWithoutTest } from "../data/index.js";
import type { RowSplit } from "../training/training-data.js";
import { atSetting } from "./at-setting.js";
import type { SplitOptions } from "./options.js";

/** Rows as a cross-validation divides them. */
export interface FoldsOfRows {
  /** The parts of the model that is saved: none is tested, since every row is tested by models of other folds. */
  readonly split: RowSplit;
  readonly folds: readonly Fold[];
}

/**
 * Divides rows into folds, where a study asks for them.
 *
 * @throws {ConfigError} for numbers of folds or repeats that the kind of split does not allow; {DataError} for too few rows,
 * groups or times.
 */
export function foldsOfRows(
  request: SplitRequest,
  { folds: k = 0, repeats = 1 }: SplitOptions,
): FoldsOfRows | undefined {
  if (k === 0) return undefined;
  return atSetting(["split", "folds"], () => ({
    folds: folds(request, k, repeats),
    split: splitWithoutTest(request),
  }));
}
