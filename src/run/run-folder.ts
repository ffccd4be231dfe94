import { access, constants, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ConfigError } from "../base/errors.js";
import { lockHolder } from "./folder-lock.js";
import { MANIFEST_FILE } from "./manifest.js";
import { isSystemError } from "./system-error.js";
import { LOCK_FILE, PARTS_FOLDER, holdsPartsOnly, howToGoOn, isBegun, lockPath } from "./unfinished-parts.js";

/** What may lie where a run is to go. */
export type Occupant = "nothing" | "empty" | "run" | "unfinished" | "other";

/** What a run may replace; nothing by default. */
export interface MayReplace {
  /** Runs, finished or not. */
  readonly overwrite?: boolean;
  /** The unfinished run that this one goes on from. */
  readonly resume?: boolean;
}

/** What lies at a path: a complete run, the beginning of one, an empty folder, something else, or nothing. */
export async function whatIsAt(path: string): Promise<Occupant> {
  const entries = await readdir(path).catch(async (error: unknown) => {
    if (isSystemError(error, "ENOENT")) return undefined;
    if (isSystemError(error, "EACCES")) return ["?"];
    if (isSystemError(error, "ENOTDIR")) return (await isThere(path)) ? ["?"] : undefined;
    throw error;
  });
  if (entries === undefined) return "nothing";
  if (entries.includes(MANIFEST_FILE)) return "run";
  if (entries.length === 0) return "empty";
  const begun = entries.length === 1 && entries[0] === PARTS_FOLDER && (await holdsPartsOnly(path));
  return begun ? "unfinished" : "other";
}

/**
 * Checks, before any work is done, that a run can be written to `folder`.
 *
 * @throws {ConfigError} when the folder is taken (a run that may not be replaced, a run that another process trains, or
 * anything that is not a run), or when it cannot be created where it is wanted.
 */
export async function checkWritable(folder: string, may: MayReplace = {}): Promise<void> {
  await checkFree(folder, may);
  let ancestor = dirname(resolve(folder));
  for (;;) {
    const problem = await whyNotWritable(ancestor);
    if (problem === undefined) return;
    if (problem !== "missing") throw notWritable(folder, `cannot be created, ${ancestor} ${problem}`);
    ancestor = dirname(ancestor);
  }
}

/**
 * What lies at `folder`, when a run may be put there.
 *
 * @throws {ConfigError} when it may not be replaced.
 */
export async function checkFree(
  folder: string,
  { overwrite = false, resume = false }: MayReplace,
): Promise<Exclude<Occupant, "other">> {
  const found = await whatIsAt(folder);
  if (found === "nothing" || found === "empty") return found;
  if (found !== "other") await refuseInUse(folder);
  if (found !== "other" && (overwrite || (resume && (found === "unfinished" || (await isBegun(folder))))))
    return found;
  throw await taken(folder, found);
}

/**
 * Checks that no other process trains into a folder.
 *
 * @throws {ConfigError} if one does.
 */
export async function refuseInUse(folder: string): Promise<void> {
  const holder = await lockHolder(lockPath(folder));
  if (holder !== undefined && holder !== process.pid) throw inUse(folder, holder);
}

/** The error for a folder into which another process trains, or this one a second time. */
export function inUse(folder: string, pid: number): ConfigError {
  const problem = `is being trained into by process ${pid}`;
  const fix = `Wait for it, or choose another folder; if that process is no Kindred, delete ${join(folder, PARTS_FOLDER, LOCK_FILE)}.`;
  return new ConfigError({ where: "output", subject: `folder ${folder}`, problem, fix });
}

async function taken(folder: string, found: "run" | "unfinished" | "other"): Promise<ConfigError> {
  const parts = { where: "output", subject: `folder ${folder}` };
  switch (found) {
    case "run":
      return new ConfigError({
        ...parts,
        problem: "already holds a run",
        fix: "Choose another folder, or allow overwriting it.",
      });
    case "unfinished":
      return new ConfigError({
        ...parts,
        problem: "holds an unfinished run",
        fix: `${await howToGoOn(folder)} Or choose another folder, or allow overwriting it.`,
      });
    case "other":
      return new ConfigError({
        ...parts,
        problem: "exists and is not a Kindred run",
        fix: "Choose another folder; Kindred replaces only its own runs.",
      });
    default:
      return found satisfies never;
  }
}

/** The error for an output folder that cannot be written. */
export function notWritable(folder: string, problem: string, cause?: unknown): ConfigError {
  return new ConfigError(
    {
      where: "output",
      subject: `folder ${folder}`,
      problem,
      fix: "Choose a folder you may write to, or change its permissions.",
    },
    cause === undefined ? {} : { cause },
  );
}

/** Names of the complete runs directly inside `root`, in order; none when there is no such folder. */
export async function runsIn(root: string): Promise<string[]> {
  const names = await readdir(root).catch((error: unknown) => {
    if (isSystemError(error, "ENOENT", "ENOTDIR", "EACCES")) return [];
    throw error;
  });
  const visible = names.filter((name) => !name.startsWith(".")).sort();
  const kinds = await Promise.all(visible.map((name) => whatIsAt(join(root, name))));
  return visible.filter((_, i) => kinds[i] === "run");
}

/**
 * A free folder for the next run: `<root>/<stem>-<n>` with n one above the highest taken.
 *
 * @param stem a data file's path or a name; its folder, extension and unusual characters are dropped.
 */
export async function nextRunFolder(root: string, stem: string): Promise<string> {
  const name = folderStem(stem);
  const numbers = await numbersTaken(root, name);
  return join(root, `${name}-${Math.max(0, ...numbers) + 1}`);
}

/** The folder `<root>/<stem>-<n>` with the highest n in which a training has begun and is not finished, if there is one. */
export async function unfinishedRunFolder(root: string, stem: string): Promise<string | undefined> {
  const name = folderStem(stem);
  for (const number of (await numbersTaken(root, name)).sort((a, b) => b - a)) {
    const folder = join(root, `${name}-${number}`);
    if (await isBegun(folder)) return folder;
  }
  return undefined;
}

async function numbersTaken(root: string, name: string): Promise<number[]> {
  const taken = await readdir(root).catch((error: unknown) => {
    if (isSystemError(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  });
  return taken
    .filter((entry) => entry.startsWith(`${name}-`))
    .map((entry) => entry.slice(name.length + 1))
    .filter((rest) => /^[1-9]\d{0,8}$/.test(rest))
    .map(Number);
}

/** A name of a folder from a data file's path or a name, without its folder, extension and unusual characters. */
export function folderStem(stem: string): string {
  const file = basename(stem.replaceAll("\\", "/"));
  const cleaned = file
    .replace(/(\.(csv|tsv|txt|json|jsonl|ndjson|parquet|pq|gz|zst))+$/i, "")
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{N}_.-]+/gu, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "");
  return [...cleaned].slice(0, 60).join("") || "run";
}

/** False also when what should be the folder around it is a file. */
async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}

async function whyNotWritable(folder: string): Promise<string | undefined> {
  try {
    const found = await stat(folder);
    if (!found.isDirectory()) return "is not a folder";
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR")) return "missing";
    if (isSystemError(error, "EROFS")) return "is on a read-only file system";
    if (isSystemError(error, "EACCES", "EPERM")) return "is not writable";
    throw error;
  }
}
