import { ConfigError } from "../base/errors.js";
import type { StudyOptions } from "./options.js";
import type { PartialStudy } from "./schema.js";
import type { Contradiction } from "./contradiction.js";
import { contradictions, withDefaults } from "./schema-complete.js";
import { schemaProblems } from "./study-file-problems.js";
import { studySchema } from "./study-file-schema.js";
import type { TaskMap } from "./task-options.js";

/** Options of `load` and of `train` in a page: the tasks, and of everything else only what differs from the defaults. */
export type LoadOptions<T extends TaskMap> = Omit<PartialStudy, "data" | "tasks"> & { readonly tasks: T };

/**
 * Checks options that a program gives by the rules of a study file, and fills in the defaults.
 *
 * @throws {ConfigError} for the first setting that is unknown, out of its range or contradicts another one.
 */
export function checkedOptions(given: PartialStudy & Pick<StudyOptions, "data" | "tasks">): StudyOptions {
  const result = studySchema().safeParse(given);
  const refuse = ([found]: readonly Pick<Contradiction, "path" | "parts">[]): void => {
    if (found) throw new ConfigError({ ...found.parts, where: ["options", ...found.path].join(".") });
  };
  if (!result.success) refuse(schemaProblems(result.error, given));
  const study = withDefaults(given);
  refuse(contradictions(study));
  return study;
}
