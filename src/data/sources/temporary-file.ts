/** Writes bytes to a file of its own, lends its path to `use`, and removes it. */
export async function withTemporaryFile<T>(
  bytes: Uint8Array,
  ending: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const { mkdtemp, rm, writeFile } = await import("node:fs/promises");
  const { tmpdir } = await import("node:os");
  const { join } = await import("node:path");
  const folder = await mkdtemp(join(tmpdir(), "kindred-"));
  try {
    const path = join(folder, `input.${ending}`);
    await writeFile(path, bytes);
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lends a link to a file, under a plain name, to `use`, and removes it. */
export async function withLinkTo<T>(
  file: string,
  ending: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const { copyFile, mkdtemp, rm, symlink } = await import("node:fs/promises");
  const { tmpdir } = await import("node:os");
  const { join } = await import("node:path");
  const folder = await mkdtemp(join(tmpdir(), "kindred-"));
  try {
    const path = join(folder, `input.${ending}`);
    await symlink(file, path).catch(() => copyFile(file, path)); // some systems let nobody make links
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
