import { ConfigError } from "../../base/errors.js";
import type { TargetKind } from "./family.js";

/** What every family takes. */
export interface FamilyOptions {
  /** Rows of the table, at least 1; 400 when absent. */
  readonly rows?: number;
  /** Inputs F, as many as the family needs directions; 12 when absent. */
  readonly inputs?: number;
  /** Standard deviation of what inputs do not tell, at least 0, where that of the score is 1; 0.5 when absent. */
  readonly noise?: number;
  /** Any whole number; 0 when absent. */
  readonly seed?: number;
}

/** What families of many tasks take besides. */
export interface ManyTasksOptions extends FamilyOptions {
  /** Tasks T; 6 when absent. */
  readonly tasks?: number;
  /** Kinds of the tasks, given out in turn; all `regression` when absent. */
  readonly kinds?: readonly TargetKind[];
  /** Classes of a multiclass target, equally frequent, at least 3; 3 when absent. */
  readonly classes?: number;
  /** Tangent of the angle by which a task is turned away from what it shares, at least 0; 0.3 when absent. */
  readonly spread?: number;
}

/** The sizes every family shares, with their defaults. */
export interface FamilySize {
  readonly rows: number;
  readonly inputs: number;
  readonly noise: number;
  readonly seed: number;
}

/**
 * Fills in defaults.
 *
 * @param needed the least number of inputs in which the family has room.
 * @throws {ConfigError} for a value out of its range.
 */
export function familySize(
  where: string,
  { rows = 400, inputs = 12, noise = 0.5, seed = 0 }: FamilyOptions,
  needed: number,
): FamilySize {
  checkWhole(where, "rows", rows, 1);
  checkWhole(where, "inputs", inputs, needed);
  checkRange(where, "noise", noise, { least: 0 });
  checkWhole(where, "seed", seed, Number.MIN_SAFE_INTEGER);
  return { rows, inputs, noise, seed };
}

/** @throws {ConfigError} unless `value` is a whole number of at least `least`. */
export function checkWhole(where: string, subject: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  const expected =
    least === Number.MIN_SAFE_INTEGER ? "a whole number" : `a whole number of at least ${least}`;
  throw new ConfigError({ where, subject, expected, got: String(value) });
}

/** Bounds of a number: `least ≤ value`, `above < value`, `value < below`, `value ≤ most`. */
export interface Bounds {
  readonly least?: number;
  readonly above?: number;
  readonly below?: number;
  readonly most?: number;
}

/** @throws {ConfigError} unless `value` is a finite number within the bounds. */
export function checkRange(where: string, subject: string, value: number, bounds: Bounds): void {
  const { least, above, below, most } = bounds;
  const inside =
    Number.isFinite(value) &&
    !(least !== undefined && value < least) &&
    !(above !== undefined && value <= above) &&
    !(below !== undefined && value >= below) &&
    !(most !== undefined && value > most);
  if (inside) return;
  const words = [
    least !== undefined && `at least ${least}`,
    above !== undefined && `above ${above}`,
    below !== undefined && `below ${below}`,
    most !== undefined && `at most ${most}`,
  ].filter(Boolean);
  throw new ConfigError({
    where,
    subject,
    expected: `a number ${words.join(" and ")}`,
    got: String(value),
  });
}
