import { ConfigError } from "../base/errors.js";
import type { StudyOptions } from "./options.js";
import { contradictions } from "./schema-complete.js";
import { schemaProblems } from "./study-file-problems.js";
import { studySchema } from "./study-file-schema.js";

/**
 * Checks options that a program gives by the rules of a study file.
 *
 * @throws {ConfigError} for the first setting that is unknown, out of its range or contradicts another one.
 */
export function checkOptions(study: StudyOptions): void {
  const result = studySchema().safeParse(study);
  const [found] = result.success ? contradictions(study) : schemaProblems(result.error, study);
  if (found) throw new ConfigError({ ...found.parts, where: ["options", ...found.path].join(".") });
}
