import { ConfigError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import type { Balancer } from "../training/balancer.js";
import { BALANCERS } from "../training/balancers/index.js";
import type { StudyOptions } from "./options.js";
import { expectedWords, inRange, orList } from "./schema-values.js";

/**
 * Checks the numbers that a method of balancing is tuned by.
 *
 * @param where what the message calls the study.
 * @throws {ConfigError} if the method has no such option, or the value lies outside its range.
 */
export function checkBalancing({ balance, balancing }: StudyOptions, where: string): void {
  const { options, title }: Balancer = BALANCERS[balance];
  const names = Object.keys(options);
  for (const [name, got] of Object.entries(balancing.options)) {
    const setting = ["balancing", "options", name];
    const subject = `"${name}"`;
    const option = options[name];
    if (option === undefined) {
      const known = names.length === 0 ? `${title} has none.` : `${title} has ${orList(names)}.`;
      const problem = `is not an option of balance ${balance}`;
      throw new ConfigError({ where, setting, subject, problem, fix: didYouMean(name, names) ?? known });
    }
    const { min, max, integer: whole = false, doc } = option;
    const value = { type: "number", min, max, whole } as const;
    if (inRange(value, got)) continue;
    const expected = expectedWords(value);
    throw new ConfigError({ where, setting, subject, expected, got: String(got), fix: `It is ${doc}.` });
  }
}
