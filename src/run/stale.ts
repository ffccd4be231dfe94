import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "./process-alive.js";
import { whatIsAt } from "./run-folder.js";

const LEFTOVER = /^\.(?<name>.+)\.(?<state>partial|old)-(?<pid>\d+)(?:-\d+)?$/;

/**
 * Clears what killed processes left beside runs: half-written folders are removed, and a run that was moved aside but
 * never replaced is moved back.
 *
 * Folders of processes that still live are left alone.
 */
export async function clearStale(root: string): Promise<void> {
  for (const entry of await readdir(root)) {
    const parts = LEFTOVER.exec(entry)?.groups;
    if (parts === undefined || isAlive(Number(parts.pid))) continue;
    const path = join(root, entry);
    const home = join(root, parts.name!);
    if (parts.state === "old" && (await whatIsAt(home)) === "nothing") await rename(path, home);
    else await rm(path, { recursive: true, force: true });
  }
}
