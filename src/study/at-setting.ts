import { DataError } from "../base/errors.js";

/**
 * Does a step and says of data it cannot use which setting of the study asked for it.
 *
 * @param setting keys from the root of the study.
 * @throws {DataError} as the step, with the setting in its parts.
 */
export function atSetting<T>(setting: readonly string[], step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof DataError) || error.parts.setting !== undefined) throw error;
    throw new DataError({ ...error.parts, setting }, { cause: error });
  }
}
