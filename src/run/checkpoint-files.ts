import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "./durable.js";
import { type Unsealed, sealed, unsealed } from "./sealed-bytes.js";
import { DISK_ERRORS, isSystemError } from "./system-error.js";

/** The checkpoints of one model in a folder. */
export interface CheckpointFiles {
  /** Writes a new file, flushed and moved in place; of the older ones only the newest stays. */
  save(bytes: Uint8Array): Promise<void>;
  /** The content of the newest file that is whole; undefined if there is none. */
  load(): Promise<Uint8Array | undefined>;
}

const KEPT = 2; // files a model has, so that there is a whole one while the next is written
const ENDING = ".checkpoint";

/**
 * Checkpoints of the model `name`, whatever signs it has, as files `<name>.<n>.checkpoint` in a folder that exists.
 *
 * @param onDamage told of each file that is not read because it is damaged or foreign.
 */
export function checkpointFiles(
  folder: string,
  name: string,
  onDamage: (text: string) => void = () => {},
): CheckpointFiles {
  const stem = stemOf(name);
  return {
    async save(bytes) {
      const numbers = await numbersOf(folder, stem);
      const path = pathOf(folder, stem, (numbers[0] ?? 0) + 1);
      await replaceFile(path, sealed(bytes));
      for (const number of numbers.slice(KEPT - 1)) await rm(pathOf(folder, stem, number), { force: true });
    },
    async load() {
      for (const number of await numbersOf(folder, stem)) {
        const path = pathOf(folder, stem, number);
        const found = await readSealed(path);
        if ("content" in found) return found.content;
        onDamage(`The checkpoint ${path} ${found.problem} and is not used.`);
      }
      return undefined;
    },
  };
}

async function readSealed(path: string): Promise<Unsealed> {
  try {
    return unsealed(await readFile(path));
  } catch (error) {
    if (isSystemError(error, ...DISK_ERRORS)) return { problem: `cannot be read (${error.code})` };
    throw error;
  }
}

/** Whether a file in a run's folder of checkpoints is one of them, or a part of one. */
export const isCheckpointFile = (name: string): boolean =>
  name.endsWith(ENDING) || name.endsWith(`${ENDING}.partial`);

const pathOf = (folder: string, stem: string, number: number): string =>
  join(folder, `${stem}.${number}${ENDING}`);

/** Numbers of the files there are, the newest first. */
async function numbersOf(folder: string, stem: string): Promise<number[]> {
  const files = await readdir(folder).catch((error: unknown) => {
    if (isSystemError(error, "ENOENT")) return []; // taken away during training
    throw error;
  });
  return files
    .filter((file) => file.startsWith(`${stem}.`) && file.endsWith(ENDING))
    .map((file) => file.slice(stem.length + 1, -ENDING.length))
    .filter((text) => /^[1-9]\d{0,14}$/.test(text))
    .map(Number)
    .sort((a, b) => b - a);
}

/** A readable part of the name, and enough of its hash that no two models share a file. */
function stemOf(name: string): string {
  const readable = name
    .normalize("NFC")
    .replaceAll(/[^\w-]+/gu, "-")
    .slice(0, 40);
  return `${readable}-${createHash("sha256").update(name).digest("hex").slice(0, 12)}`;
}
