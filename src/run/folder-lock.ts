import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { isAlive } from "./process-alive.js";
import { isSystemError } from "./system-error.js";

const OURS = new Set<string>(); // paths locked by this process: a number alone may stem from an earlier one

/**
 * Locks by a file that holds the number of this process. A file whose process is gone does not count.
 *
 * @param path of the lock, absolute, in a folder that exists.
 * @returns the number of the process that has it; undefined if it is ours now.
 */
export async function takeLock(path: string): Promise<number | undefined> {
  for (;;) {
    try {
      await writeFile(path, `${process.pid}\n`, { flag: "wx" });
      OURS.add(path);
      return undefined;
    } catch (error) {
      if (!isSystemError(error, "EEXIST")) throw error;
    }
    const holder = await lockHolder(path);
    if (holder !== undefined) return holder;
    await removeStale(path);
  }
}

/** The process that holds a lock, if it is alive; this one only for a lock it took itself. */
export async function lockHolder(path: string): Promise<number | undefined> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (isSystemError(error, "ENOENT", "ENOTDIR")) return "";
    throw error;
  });
  if (!/^\d{1,10}\n$/.test(text)) return undefined;
  const pid = Number(text);
  const counts = pid === process.pid ? OURS.has(path) : isAlive(pid);
  return counts ? pid : undefined;
}

/** Gives a lock back, if it is ours. */
export async function freeLock(path: string): Promise<void> {
  if ((await lockHolder(path)) === process.pid) await rm(path, { force: true });
  OURS.delete(path);
}

/** Moves a lock aside before removing it, so that of two processes that find it stale only one takes it. */
async function removeStale(path: string): Promise<void> {
  const aside = `${path}.stale-${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return; // another process was faster
    throw error;
  }
  if ((await lockHolder(aside)) === undefined) await rm(aside, { force: true });
  else await rename(aside, path); // taken anew between the look and the move
}
