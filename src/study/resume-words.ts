import { ConfigError } from "../base/errors.js";
import { MULTI_TASK, type ResumedModel } from "../evaluation/compare.js";
import type { StudyOptions } from "./options.js";

const MOST_NAMED = 6; // models or options named one by one in a line

/** One line on where the models of a study go on. */
export function resumedText(models: readonly ResumedModel[], all: readonly string[]): string {
  const done = models.filter(({ phase }) => phase === "done").map(({ model }) => nameOf(model));
  const under = models
    .filter(({ phase }) => phase !== "done")
    .map(({ model, phase, epoch }) => {
      return `${nameOf(model)} at epoch ${epoch}${phase === "refit" ? " of the second training" : ""}`;
    });
  const fresh = all.length - models.length;
  const parts = [
    ...(done.length > 0 ? [`done: ${list(done)}`] : []),
    ...(under.length > 0 ? [`going on: ${list(under)}`] : []),
    ...(fresh > 0 ? [`from the start: ${fresh} of ${all.length} models`] : []),
  ];
  return `Resumed; ${parts.join("; ")}.`;
}

/**
 * Checks that a study has the options with which an unfinished run began; where its data lie does not matter.
 *
 * @throws {ConfigError} naming what differs.
 */
export function refuseOtherStudy(before: Readonly<Record<string, unknown>>, now: StudyOptions): void {
  const { data: _, ...asked } = JSON.parse(JSON.stringify(now)) as Record<string, unknown>;
  const { data: __, ...kept } = before;
  const found = differences(kept, asked, []);
  if (found.length === 0) return;
  const texts = found.map(({ path, was, is }) => `${path} (${shown(was)} then, ${shown(is)} now)`);
  throw new ConfigError({
    where: "resume",
    subject: `the run's ${found.length === 1 ? "option" : "options"} ${list(texts)}`,
    problem: `${found.length === 1 ? "differs" : "differ"} from those it began with`,
    fix: "Give the options it began with, or start anew, overwriting it.",
  });
}

interface Difference {
  readonly path: string;
  readonly was: unknown;
  readonly is: unknown;
}

function differences(was: unknown, is: unknown, path: readonly string[]): Difference[] {
  if (isRecord(was) && isRecord(is)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    return keys.flatMap((key) => differences(was[key], is[key], [...path, key]));
  }
  return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ path: path.join("."), was, is }];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => (value === undefined ? "none" : JSON.stringify(value));

const nameOf = (model: string): string => (model === MULTI_TASK ? "the shared model" : `${model} alone`);

function list(texts: readonly string[]): string {
  const rest = texts.length - MOST_NAMED;
  return rest > 1 ? `${texts.slice(0, MOST_NAMED).join(", ")} and ${rest} more` : texts.join(", ");
}
