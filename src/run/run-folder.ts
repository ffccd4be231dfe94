import { access, constants, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ConfigError } from "../base/errors.js";
import { MANIFEST_FILE } from "./manifest.js";

/** True for an error of the operating system with one of these codes. */
export function isSystemError(
  error: unknown,
  ...codes: readonly string[]
): error is Error & { code: string } {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** What lies at a path: a complete run, an empty folder, something else, or nothing. */
export async function whatIsAt(path: string): Promise<"nothing" | "run" | "empty" | "other"> {
  const entries = await readdir(path).catch(async (error: unknown) => {
    if (isSystemError(error, "ENOENT")) return undefined;
    if (isSystemError(error, "EACCES")) return ["?"];
    if (isSystemError(error, "ENOTDIR")) return (await isThere(path)) ? ["?"] : undefined;
    throw error;
  });
  if (entries === undefined) return "nothing";
  if (entries.includes(MANIFEST_FILE)) return "run";
  return entries.length === 0 ? "empty" : "other";
}

/**
 * Checks, before any work is done, that a run can be written to `folder`.
 *
 * @throws {ConfigError} when the folder is taken (a run without `overwrite`, or anything that is not a run), or when it
 * cannot be created where it is wanted.
 */
export async function checkWritable(
  folder: string,
  { overwrite = false }: { overwrite?: boolean } = {},
): Promise<void> {
  await checkFree(folder, overwrite);
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
export async function checkFree(folder: string, overwrite: boolean): Promise<"nothing" | "empty" | "run"> {
  const found = await whatIsAt(folder);
  if (found === "nothing" || found === "empty") return found;
  if (found === "run" && overwrite) return found;
  throw new ConfigError({
    where: "output",
    subject: `folder ${folder}`,
    problem: found === "run" ? "already holds a run" : "exists and is not a Kindred run",
    fix:
      found === "run"
        ? "Choose another folder, or allow overwriting it."
        : "Choose another folder; Kindred replaces only its own runs.",
  });
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
  const taken = await readdir(root).catch((error: unknown) => {
    if (isSystemError(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  });
  const numbers = taken
    .filter((entry) => entry.startsWith(`${name}-`))
    .map((entry) => entry.slice(name.length + 1))
    .filter((rest) => /^[1-9]\d{0,8}$/.test(rest))
    .map(Number);
  return join(root, `${name}-${Math.max(0, ...numbers) + 1}`);
}

function folderStem(stem: string): string {
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
