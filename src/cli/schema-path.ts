import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { packageFile } from "./package-root.js";

const SCHEMA = "docs/study.schema.json";
const INSTALLED = join("node_modules", "kindred", SCHEMA);

/**
 * Where an editor finds the JSON Schema of a study file, from the folder of that file: below `node_modules` of it or of a
 * folder above it, or in the clone of Kindred that it lies in.
 *
 * @param packageRoot folder of the running package.
 * @returns a relative path with `/`, or undefined where none would work: a package of `npx`, or a path with spaces.
 */
export function schemaPathFor(studyFile: string, packageRoot = packageFile("")): string | undefined {
  const folder = dirname(resolve(studyFile));
  const installed = above(folder)
    .map((one) => join(one, INSTALLED))
    .find((path) => existsSync(path));
  const found = installed ?? (isInside(folder, packageRoot) ? join(packageRoot, SCHEMA) : undefined);
  if (found === undefined) return undefined;
  const path = relative(folder, found).replaceAll("\\", "/");
  return isAbsolute(path) || /\s/.test(path) ? undefined : path.startsWith(".") ? path : `./${path}`;
}

function above(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...above(parent)];
}

function isInside(folder: string, root: string): boolean {
  const path = relative(root, folder);
  return path !== ".." && !/^\.\.[\\/]/.test(path) && !isAbsolute(path) && !path.includes("node_modules");
}
