import { sideBySide } from "../base/side-by-side.js";
import type { Runtime } from "../runtime/runtime.js";
import { type MethodChoice, type Trial, judged, untried, validationLosses } from "./choose-methods.js";
import { withPlainest } from "./fit-plan.js";
import type { StudyOptions } from "./options.js";
import type { PlannedStudy } from "./plan.js";
import { type PreparedStudy, prepareStudy } from "./prepare.js";

/** A study prepared with what is made of its numbers, and why that, where it was left to be chosen. */
export interface PreparedChoice {
  readonly prepared: PreparedStudy;
  readonly choices: readonly MethodChoice[];
}

/**
 * Prepares a study and settles `encoding.numbers: auto`: a model of piecewise-linear features and one of periodic ones are trained
 * with the plainest of what else is left to be chosen, and judged as `chooseMethods` does; piecewise-linear ones stay unless the
 * others bring validation losses at least 1 % lower. Test rows are not looked at.
 */
export async function prepareChosen(
  plan: PlannedStudy,
  options: StudyOptions,
  runtime: Runtime,
  trying: Pick<Trial, "signal" | "onTrial"> = {},
): Promise<PreparedChoice> {
  const prepared = await prepareStudy(plan, options, runtime);
  if (options.encoding.numbers !== "auto") return { prepared, choices: [] };
  const piecewise = (reason: string): PreparedChoice => ({
    prepared,
    choices: [{ setting: "numbers", chosen: NAMES[0], reason }],
  });
  const plain = untried(prepared);
  if (plain !== undefined) return piecewise(plain);
  const encoding = { ...options.encoding, numbers: NAMES[1] };
  const other = await prepareStudy(plan, { ...options, encoding }, runtime);
  if (!other.numbers) return piecewise("no input is a number");
  trying.onTrial?.("Trying piecewise-linear and periodic features of numbers on validation rows.");
  const candidates = [prepared, other];
  const losses = await sideBySide(candidates, runtime.workers, (one) =>
    validationLosses(withPlainest(options), { planned: plan.tasks, prepared: one, runtime, ...trying }),
  );
  const { at, ...choice } = judged("numbers", NAMES, losses);
  return { prepared: candidates[at]!, choices: [choice] };
}

const NAMES = ["piecewise", "periodic"] as const;
