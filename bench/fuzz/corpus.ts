import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const HEAD = 1500; // bytes: a dozen rows of most tables, and quick to read thousands of times

/** First bytes of the example table and, where there are data sets, of each of their tables. */
export function tableHeads(root = process.env["KINDRED_DATA"]): Uint8Array[] {
  const example = fileURLToPath(new URL("../../examples/penguins.csv", import.meta.url));
  const sets = root !== undefined && existsSync(root) ? readdirSync(root).sort() : [];
  const tables = sets.map((set) => join(root!, set, "data.csv")).filter((path) => existsSync(path));
  return [example, ...tables].map(headOf).filter((head) => head.length < 3 * HEAD);
}

/** Whole lines from the start of a file, at least two. */
function headOf(path: string): Uint8Array {
  const bytes = readFileSync(path);
  const second = bytes.indexOf(10, bytes.indexOf(10) + 1);
  const end = bytes.lastIndexOf(10, Math.max(HEAD, second));
  return new Uint8Array(bytes.subarray(0, end + 1));
}
