import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ConfigError, KindredError } from "../base/errors.js";
import { canonicalJson } from "./canonical-json.js";
import { flushFolder, writeThrough } from "./durable.js";
import { MANIFEST_FILE, RUN_FORMAT, seal, type FileSeal, type Manifest } from "./manifest.js";
import { type MayReplace, checkFree, notWritable } from "./run-folder.js";
import { clearStale } from "./stale.js";
import { DISK_ERRORS, isSystemError } from "./system-error.js";

/**
 * Writes a run folder as a whole or not at all.
 *
 * Everything goes into a hidden sibling `.<name>.partial-<pid>`, is flushed to disk, gets its manifest last, and one
 * rename puts it in place. A process killed on the way leaves only the hidden folder, which no reader trusts and the
 * next write removes.
 *
 * @param files contents by path inside the folder, `/` between parts; strings are written as UTF-8.
 * @param may.overwrite replace a run of the same name, finished or not; the old one stays until the new one is complete.
 * @param may.resume replace an unfinished run, which this one was made from.
 * @throws {ConfigError} when the folder is taken or cannot be written, or a file name leaves the folder.
 */
export async function writeRun(
  folder: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  may: MayReplace = {},
): Promise<void> {
  for (const name of Object.keys(files)) checkName(name);
  const home = resolve(folder);
  await checkFree(home, may);
  try {
    await mkdir(dirname(home), { recursive: true });
    await clearStale(dirname(home));
    const partial = await makePartial(home);
    try {
      await fill(partial, files);
      await moveIn(partial, home, may);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      throw error;
    }
  } catch (error) {
    if (error instanceof KindredError || !isSystemError(error, ...DISK_ERRORS)) throw error;
    throw notWritable(folder, `cannot be written (${error.code})`, error);
  }
}

async function fill(partial: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  const seals: Record<string, FileSeal> = {};
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    await mkdir(dirname(join(partial, name)), { recursive: true });
    await writeThrough(join(partial, name), bytes);
    seals[name] = seal(bytes);
  }
  const manifest: Manifest = { kind: "kindred-run", format: RUN_FORMAT, files: seals };
  await writeThrough(join(partial, MANIFEST_FILE), Buffer.from(canonicalJson(manifest), "utf8"));
  await flushFolder(partial);
}

async function moveIn(partial: string, home: string, may: MayReplace): Promise<void> {
  const replaced = ["run", "unfinished"].includes(await checkFree(home, may));
  const old = join(dirname(home), `.${basename(home)}.old-${process.pid}`);
  if (replaced) {
    await rm(old, { recursive: true, force: true });
    await rename(home, old);
  }
  try {
    await rename(partial, home);
  } catch (error) {
    if (replaced) await rename(old, home);
    throw error;
  }
  await flushFolder(dirname(home));
  if (replaced) await rm(old, { recursive: true, force: true });
}

/** Two writes of one process may aim at the same name, so a number is added where the plain one is taken. */
async function makePartial(home: string): Promise<string> {
  const plain = join(dirname(home), `.${basename(home)}.partial-${process.pid}`);
  for (let n = 1; ; n++) {
    const path = n === 1 ? plain : `${plain}-${n}`;
    try {
      await mkdir(path);
      return path;
    } catch (error) {
      if (!isSystemError(error, "EEXIST")) throw error;
    }
  }
}

function checkName(name: string): void {
  const parts = name.split("/");
  const fine = parts.every((part) => part !== "" && part !== "." && part !== ".." && !/[\\:\0]/.test(part));
  if (fine && name !== MANIFEST_FILE) return;
  throw new ConfigError({
    where: "writing a run",
    subject: `file name "${name}"`,
    expected: `a path inside the folder, other than ${MANIFEST_FILE}`,
  });
}
