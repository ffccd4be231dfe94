import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { isCheckpointFile } from "./checkpoint-files.js";
import { isSystemError } from "./system-error.js";

/** The folder inside a run's folder in which training keeps its state. */
export const PARTS_FOLDER = "checkpoint";
/** The file that says how an unfinished run began. */
export const BEGINNING_FILE = "unfinished.json";
/** The file that says which process trains. */
export const LOCK_FILE = "lock";
const FORMAT = 1; // of the beginning; a reader refuses any other

/** How an unfinished run began: all that is needed to go on. */
export interface Beginning {
  readonly kind: "kindred-unfinished";
  readonly format: typeof FORMAT;
  /** Version of Kindred. */
  readonly kindred: string;
  /** The study as it was asked for. */
  readonly study: Readonly<Record<string, unknown>>;
  /** What a user does to go on: a command or a call. */
  readonly resume: string;
}

const beginningSchema = z.object({
  kind: z.literal("kindred-unfinished"),
  format: z.literal(FORMAT),
  kindred: z.string(),
  study: z.record(z.string(), z.unknown()),
  resume: z.string(),
});

/** A beginning with its kind and format. */
export const beginningOf = (given: Omit<Beginning, "kind" | "format">): Beginning => ({
  kind: "kindred-unfinished",
  format: FORMAT,
  ...given,
});

/** Where a run's folder has the state of its training. */
export const partsPath = (folder: string): string => join(resolve(folder), PARTS_FOLDER);

/** Where the lock of a training into a folder is. */
export const lockPath = (folder: string): string => join(partsPath(folder), LOCK_FILE);

/** Whether a file in the folder of parts was put there by a training that is not finished. */
export const isPart = (name: string): boolean =>
  isCheckpointFile(name) ||
  name === BEGINNING_FILE ||
  name === `${BEGINNING_FILE}.partial` ||
  name === LOCK_FILE ||
  name.startsWith(`${LOCK_FILE}.stale-`);

/** Whether a folder's `checkpoint` holds nothing but what an unfinished training leaves. */
export async function holdsPartsOnly(folder: string): Promise<boolean> {
  try {
    return (await readdir(partsPath(folder))).every(isPart);
  } catch (error) {
    if (isSystemError(error, "ENOTDIR", "ENOENT", "EACCES")) return false;
    throw error;
  }
}

/** How the unfinished training in a folder began; undefined if there is none that can be read. */
export async function readBeginning(folder: string): Promise<Beginning | undefined> {
  let text: string;
  try {
    text = await readFile(join(partsPath(folder), BEGINNING_FILE), "utf8");
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR", "EACCES", "EISDIR")) return undefined;
    throw error;
  }
  return beginningSchema.safeParse(jsonOf(text)).data;
}

/** Whether a training into a folder has begun and can go on. */
export const isBegun = async (folder: string): Promise<boolean> =>
  (await readBeginning(folder)) !== undefined;

/** A sentence that says how to go on with the unfinished run in a folder. */
export async function howToGoOn(folder: string): Promise<string> {
  const beginning = await readBeginning(folder);
  return `Go on with ${beginning?.resume ?? `the command that began it and --out ${folder} --resume`}.`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
