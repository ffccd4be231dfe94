import type { ErrorParts } from "../base/errors.js";

/** Two settings that cannot both hold: where in the study, and what to say. */
export interface Contradiction {
  /** Keys from the root of the study to the setting at fault. */
  readonly path: readonly string[];
  readonly parts: Omit<ErrorParts, "where">;
}
