import { sideBySide } from "../base/side-by-side.js";
import type { Fitted } from "../training/fitted.js";
import {
  type ChosenMethods,
  type MethodChoice,
  type Trial,
  judged,
  supervisedLosses,
  triedFit,
  untried,
} from "./choose-methods.js";
import type { PlannedStudy } from "./plan.js";
import { type PreparedStudy, prepareStudy } from "./prepare.js";

/** A study prepared with what is made of its numbers, and why that, where it was left to be chosen. */
export interface PreparedChoice {
  readonly prepared: PreparedStudy;
  readonly choices: readonly MethodChoice[];
  /** The training with these features, without a second one, where there was one. */
  readonly fitted?: Fitted;
}

/**
 * Settles `encoding.numbers: auto`: a model of piecewise-linear features and one of periodic ones are trained and judged as
 * `chooseMethods` does; piecewise-linear ones stay unless the others bring validation losses at least 1 % lower. Test rows are not
 * looked at.
 *
 * @param prepared the study as `prepareStudy` has it; it stays where nothing is to be chosen.
 * @param settled the methods that both are trained by, and the training with `prepared`, if there was one.
 */
export async function chooseNumbers(
  plan: PlannedStudy,
  prepared: PreparedStudy,
  { options, fitted }: Pick<ChosenMethods, "options" | "fitted">,
  { runtime, signal, onTrial }: Pick<Trial, "runtime" | "signal" | "onTrial">,
): Promise<PreparedChoice> {
  const unchanged = { prepared, ...(fitted && { fitted }) };
  if (options.encoding.numbers !== "auto") return { ...unchanged, choices: [] };
  const piecewise = (reason: string): PreparedChoice => ({
    ...unchanged,
    choices: [{ setting: "numbers", chosen: NAMES[0], reason }],
  });
  const plain = untried(prepared);
  if (plain !== undefined) return piecewise(plain);
  const encoding = { ...options.encoding, numbers: NAMES[1] };
  const other = await prepareStudy(plan, { ...options, encoding }, runtime);
  if (!other.numbers) return piecewise("no input is a number");
  onTrial?.("Trying piecewise-linear and periodic features of numbers on validation rows.");
  const candidates = [prepared, other];
  const fits = await sideBySide(candidates, runtime.workers, async (one) =>
    one === prepared && fitted
      ? fitted
      : triedFit(options, { planned: plan.tasks, prepared: one, runtime, ...(signal && { signal }) }),
  );
  const { at, ...choice } = judged("numbers", NAMES, fits.map(supervisedLosses));
  const found = fits[at];
  return { prepared: candidates[at]!, choices: [choice], ...(found && { fitted: found }) };
}

const NAMES = ["piecewise", "periodic"] as const;
