import { NumericError } from "../base/errors.js";
import type { CompareHooks } from "../evaluation/compare.js";
import { type UnfinishedRun, checkWritable, openUnfinished } from "../run/index.js";
import { DISK_ERRORS, isSystemError } from "../run/system-error.js";
import type { StudyEvent } from "./events.js";
import type { StudyOptions } from "./options.js";
import { refuseOtherStudy, resumedText } from "./resume-words.js";
import { VERSION } from "./version.js";

/** Where a study is trained into, and how it is kept on the way. */
export interface TrainInto {
  readonly folder?: string;
  /** Replace the run in the folder, finished or not. */
  readonly overwrite?: boolean;
  /** Go on with the unfinished run in the folder, if there is one; the same data and options give the same run as without the interruption. */
  readonly resume?: boolean;
  /** The least time between two checkpoints of a model, in seconds; 0 for as many as there can be; default 10. */
  readonly checkpointSeconds?: number;
  /** What a user does to go on, for messages: a command; the call of `train` when absent. */
  readonly resumeWith?: string;
}

/** A study's run while it is trained into its folder. */
export interface KeptRun extends Required<Pick<CompareHooks, "checkpointFor" | "onResume">> {
  /** Gives the folder free after the run was written. */
  finished(): Promise<void>;
  /** Gives the folder free after an error; what was kept stays if one can go on from there. */
  failed(error: unknown): Promise<void>;
}

/**
 * Opens the folder of a study that is to be trained, and locks it.
 *
 * @throws {ConfigError} if it is taken or cannot be written, or to go on if the options are others than those it began with.
 */
export async function keptRun(
  folder: string,
  options: StudyOptions,
  into: TrainInto & { readonly onEvent?: (event: StudyEvent) => void },
): Promise<KeptRun> {
  const { overwrite = false, resume = false } = into;
  const notice = (level: "info" | "warning", text: string): void =>
    into.onEvent?.({ type: "notice", level, text });
  await checkWritable(folder, { overwrite, resume });
  const call = `load(…).train({ folder: ${JSON.stringify(folder)}, resume: true })`;
  const run = await openUnfinished(folder, {
    overwrite,
    resume,
    beginning: { kindred: VERSION, study: { ...options }, resume: into.resumeWith ?? call },
    onNotice: once((text) => notice("warning", text)),
  });
  try {
    if (resume) announce(folder, options, run, notice);
  } catch (error) {
    await run.close({ keep: true });
    throw error;
  }

  let saved = run.before !== undefined;
  const unkept = once((text) => notice("warning", text));
  return {
    checkpointFor(key) {
      const files = run.checkpoints(key);
      const save = async (bytes: Uint8Array): Promise<void> => {
        try {
          await files.save(bytes);
          saved = true;
        } catch (error) {
          if (!isSystemError(error, ...DISK_ERRORS)) throw error;
          unkept(`The state of training cannot be kept in ${folder} (${error.code}); training goes on.`);
        }
      };
      const everyMs = into.checkpointSeconds === undefined ? {} : { everyMs: into.checkpointSeconds * 1000 };
      return { store: { save, load: () => files.load() }, ...everyMs };
    },
    onResume(models, all) {
      if (run.before) notice("info", resumedText(models, all));
    },
    finished: () => run.close({ keep: false }),
    failed: (error) => run.close({ keep: saved && !(error instanceof NumericError) }),
  };
}

function announce(
  folder: string,
  options: StudyOptions,
  { before }: UnfinishedRun,
  notice: (level: "info" | "warning", text: string) => void,
): void {
  if (!before) return notice("info", `There is nothing to resume in ${folder}: training starts anew.`);
  refuseOtherStudy(before.study, options);
  if (before.kindred === VERSION) return;
  notice("warning", `The run began with Kindred ${before.kindred} and goes on with ${VERSION}.`);
}

/** Passes every text on the first time only. */
function once(tell: (text: string) => void): (text: string) => void {
  const told = new Set<string>();
  return (text) => {
    if (!told.has(text)) tell(text);
    told.add(text);
  };
}
