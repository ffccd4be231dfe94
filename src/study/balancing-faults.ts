import { didYouMean } from "../base/nearest.js";
import type { Balancer } from "../training/balancer.js";
import { BALANCERS } from "../training/balancers/index.js";
import type { Contradiction } from "./contradiction.js";
import type { StudyOptions } from "./options.js";
import { expectedWords, inRange, orList } from "./schema-values.js";

/** Options that the method of balancing does not have, or values outside their range. */
export function ofBalancing({ balance, balancing }: StudyOptions): Contradiction[] {
  const { options, title }: Balancer = BALANCERS[balance];
  const names = Object.keys(options);
  return Object.entries(balancing.options).flatMap(([name, got]): Contradiction[] => {
    const path = ["balancing", "options", name];
    const option = options[name];
    if (option === undefined) {
      const known = names.length === 0 ? `${title} has none.` : `${title} has ${orList(names)}.`;
      const problem = `is not an option of balance ${balance}`;
      const fix = didYouMean(name, names) ?? known;
      return [{ path, parts: { subject: `"${name}"`, problem, fix } }];
    }
    const value = {
      type: "number",
      min: option.min,
      max: option.max,
      whole: option.integer === true,
    } as const;
    if (inRange(value, got)) return [];
    const parts = {
      subject: `"${name}"`,
      expected: expectedWords(value),
      got: String(got),
      fix: `It is ${option.doc}.`,
    };
    return [{ path, parts }];
  });
}
