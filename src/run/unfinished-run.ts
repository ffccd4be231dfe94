import { mkdir, readdir, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { canonicalJson } from "./canonical-json.js";
import { type CheckpointFiles, checkpointFiles, isCheckpointFile } from "./checkpoint-files.js";
import { flushFolder, replaceFile } from "./durable.js";
import { freeLock, takeLock } from "./folder-lock.js";
import { type MayReplace, checkFree, inUse, notWritable } from "./run-folder.js";
import { clearStale } from "./stale.js";
import { DISK_ERRORS, isSystemError } from "./system-error.js";
import {
  BEGINNING_FILE,
  type Beginning,
  beginningOf,
  isPart,
  lockPath,
  partsPath,
  readBeginning,
} from "./unfinished-parts.js";

/** A run that is being trained into its folder; no other process may do so until it is closed. */
export interface UnfinishedRun {
  /** How the run began that goes on; undefined when it begins now. */
  readonly before: Beginning | undefined;
  /** The checkpoints of one model. */
  checkpoints(model: string): CheckpointFiles;
  /** Gives the folder free; without `keep` also takes every trace of the training away. */
  close(how: { readonly keep: boolean }): Promise<void>;
}

/** How an unfinished run is opened. */
export interface UnfinishedOptions extends MayReplace {
  readonly beginning: Omit<Beginning, "kind" | "format">;
  /** Told of what cannot be used. */
  readonly onNotice?: (text: string) => void;
}

/**
 * Begins a run in its folder, or goes on with one: state is kept in `checkpoint/` inside it, under a lock.
 *
 * With `overwrite` and without `resume`, checkpoints of an earlier training are removed; a finished run in the folder stays
 * until the new one replaces it.
 *
 * @throws {ConfigError} when the folder is taken, another process trains into it, or it cannot be written.
 */
export async function openUnfinished(folder: string, options: UnfinishedOptions): Promise<UnfinishedRun> {
  const parts = partsPath(folder);
  let made: string | undefined;
  try {
    made = await mkdir(dirname(resolve(folder)), { recursive: true });
    await clearStale(dirname(resolve(folder)));
    await checkFree(folder, options);
    await mkdir(parts, { recursive: true });
    await flushFolder(resolve(folder));
    await flushFolder(dirname(resolve(folder)));
    const holder = await takeLock(lockPath(folder));
    if (holder !== undefined) throw inUse(folder, holder);
  } catch (error) {
    if (isSystemError(error, ...DISK_ERRORS))
      throw notWritable(folder, `cannot be written (${error.code})`, error);
    throw error;
  }
  const before = options.resume ? await readBeginning(folder) : undefined;
  if (before === undefined) {
    await removeWhere(parts, isCheckpointFile);
    await replaceFile(
      join(parts, BEGINNING_FILE),
      Buffer.from(canonicalJson(beginningOf(options.beginning))),
    );
  }
  return {
    before,
    checkpoints: (model) => checkpointFiles(parts, model, options.onNotice),
    async close({ keep }) {
      if (!keep) await clear(parts);
      await freeLock(lockPath(folder));
      if (!keep) await removeEmpty([parts, resolve(folder), ...upTo(made, dirname(resolve(folder)))]);
    },
  };
}

/** Takes away what a training left, the lock excepted. */
async function clear(parts: string): Promise<void> {
  await removeWhere(parts, (name) => isPart(name) && join(parts, name) !== lockPath(dirname(parts)));
}

async function removeWhere(parts: string, doomed: (name: string) => boolean): Promise<void> {
  const names = await readdir(parts).catch((error: unknown) => {
    if (isSystemError(error, "ENOENT")) return [];
    throw error;
  });
  for (const name of names.filter(doomed)) await rm(join(parts, name), { force: true });
}

/** A folder and those around it, up to the outermost one that was made for it; none if it was there before. */
function upTo(made: string | undefined, folder: string): string[] {
  if (made === undefined) return [];
  const outermost = resolve(made) === folder || dirname(folder) === folder;
  return outermost ? [folder] : [folder, ...upTo(made, dirname(folder))];
}

async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    try {
      await rmdir(folder);
    } catch (error) {
      if (!isSystemError(error, "ENOTEMPTY", "ENOENT", "EEXIST")) throw error;
      return;
    }
  }
}
