import { fileURLToPath } from "node:url";

/** A file of the package, from its path below the package's root (two folders above this module). */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
