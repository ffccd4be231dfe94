import { join } from "node:path";
import type { ComparisonRecord } from "../run/comparison-record.js";
import type { CompareEvent } from "../study/compare-event.js";
import type { StudyOptions } from "../study/options.js";
import type { Variant } from "../study/variants.js";
import { openComparisonProgress } from "./comparison-progress.js";
import { Interrupted, onInterrupt } from "./interrupt.js";
import { commandLine, note, painterFor, say } from "./screen.js";

/** How a comparison is run from the command line. */
export interface ComparisonFlags {
  readonly variants: readonly Variant[];
  readonly seeds: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** Start anew where a comparison is in the folder. */
  readonly force?: boolean;
}

/**
 * Compares variants of a study, keeping results in a folder and showing progress; standard output gets the tables or the
 * result line.
 *
 * @throws {ConfigError} if the folder is taken or cannot be written, before any training.
 * @throws {Interrupted} after Ctrl-C.
 */
export async function runComparison(
  options: StudyOptions,
  folder: string,
  { variants, seeds, json, quiet, force: overwrite = false }: ComparisonFlags,
): Promise<ComparisonRecord> {
  return watched({ ...(json && { json }), ...(quiet && { quiet }) }, async (watch) => {
    const { compareStudy } = await import("../study/compare-study.js");
    const record = await compareStudy(options, { variants, seeds, folder, overwrite, ...watch });
    return {
      record,
      folder,
      page: "compare.html",
      figures: "compare.json",
      lines: async () => {
        const { comparisonLines } = await import("../report/comparison-terminal.js");
        return comparisonLines(record, painterFor(process.stdout));
      },
    };
  });
}

/** What many trainings came to, and how it is shown. */
export interface Outcome<R> {
  readonly record: R;
  readonly folder: string;
  /** Names of its files. */
  readonly page: string;
  readonly figures: string;
  readonly lines: () => Promise<readonly string[]>;
}

/** Does many trainings with their progress shown, and prints what they came to. */
export async function watched<R>(
  { json, quiet }: { readonly json?: boolean; readonly quiet?: boolean },
  work: (watch: {
    readonly onEvent: (event: CompareEvent) => void;
    readonly signal: AbortSignal;
  }) => Promise<Outcome<R>>,
): Promise<R> {
  const progress = await openComparisonProgress({ ...(json && { json }), ...(quiet && { quiet }) });
  const interrupt = onInterrupt();
  try {
    const { record, folder, page, figures, lines } = await work({
      onEvent: progress.onEvent,
      signal: interrupt.signal,
    });
    progress.close();
    if (json) {
      say(JSON.stringify({ type: "result", folder, record }));
      return record;
    }
    if (!quiet) note("");
    say((await lines()).join("\n"));
    if (!quiet) say(`\nReport  ${join(folder, page)}\nFigures ${join(folder, figures)}`);
    return record;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    throw new Interrupted(sameCommand(), { cause: error });
  } finally {
    progress.close();
    interrupt.dispose();
  }
}

/** The command line of this process as one types it to go on. */
const sameCommand = (): string =>
  commandLine("npx", "kindred", ...process.argv.slice(2).filter((word) => word !== "--force"));
