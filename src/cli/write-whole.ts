import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ConfigError } from "../base/errors.js";

/**
 * Writes a file as a whole or not at all, with the folders above it.
 *
 * @throws {ConfigError} if the place cannot be written.
 */
export async function writeWhole(path: string, content: string | Uint8Array, where: string): Promise<void> {
  const partial = `${path}.partial-${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(partial, content);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    const parts = { where, subject: `file ${path}`, problem: `cannot be written (${reason})` };
    throw new ConfigError({ ...parts, fix: "Choose another place with --out." }, { cause });
  }
}
