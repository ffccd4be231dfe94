import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes a new file and flushes it to disk. */
export async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Flushes the names in a folder to disk. */
export async function flushFolder(path: string): Promise<void> {
  if (process.platform === "win32") return; // a folder cannot be opened for flushing there
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Puts a file in place as a whole: after a crash there is the old one or the new one, never a part. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.partial`;
  await rm(partial, { force: true });
  await writeThrough(partial, bytes);
  await rename(partial, path);
  await flushFolder(dirname(path));
}
