import { ConfigError } from "../base/errors.js";
import type { MethodBase, MethodOptions } from "../base/method-options.js";
import { didYouMean } from "../base/nearest.js";
import { ARCHITECTURES } from "../model/sharing/index.js";
import { BALANCERS } from "../training/balancers/index.js";
import type { StudyOptions } from "./options.js";
import { expectedWords, inRange, orList } from "./schema-values.js";

/** A method a study names, as far as its options go. */
type Tuned = Pick<MethodBase, "title" | "options">;

/** A method that is still to be chosen, and trained with its own defaults. */
const CHOSEN: Tuned = { title: "A method that is chosen", options: {} };

/**
 * Checks the numbers that the methods of balancing and of sharing are tuned by.
 *
 * @param where what the message calls the study.
 * @throws {ConfigError} if a method has no such option, or the value lies outside its range.
 */
export function checkMethods({ balance, balancing, sharing }: StudyOptions, where: string): void {
  const weighing: Tuned = balance === "auto" ? CHOSEN : BALANCERS[balance];
  checkOptions(weighing, balancing.options, `balance ${balance}`, ["balancing", "options"], where);
  const { architecture } = sharing;
  const method: Tuned = architecture === "auto" ? CHOSEN : ARCHITECTURES[architecture];
  checkOptions(method, sharing.options, `sharing ${architecture}`, ["sharing", "options"], where);
}

function checkOptions(
  { title, options }: Tuned,
  given: MethodOptions,
  method: string,
  group: readonly string[],
  where: string,
): void {
  const names = Object.keys(options);
  for (const [name, got] of Object.entries(given)) {
    const setting = [...group, name];
    const subject = `"${name}"`;
    const option = options[name];
    if (option === undefined) {
      const known = names.length === 0 ? `${title} has none.` : `${title} has ${orList(names)}.`;
      const problem = `is not an option of ${method}`;
      throw new ConfigError({ where, setting, subject, problem, fix: didYouMean(name, names) ?? known });
    }
    const { min, max, integer: whole = false, doc } = option;
    const value = { type: "number", min, max, whole } as const;
    if (inRange(value, got)) continue;
    const expected = expectedWords(value);
    throw new ConfigError({ where, setting, subject, expected, got: String(got), fix: `It is ${doc}.` });
  }
}
