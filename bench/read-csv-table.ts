import { createWriteStream, existsSync, renameSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "../src/base/random.js";

/** One reading of a file. */
export interface CsvPass {
  readonly versions: string;
  readonly rows: number;
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly peakBytes: number;
}

const TOWNS = ["Bern", "Basel", "Genf", "Chur"];

/** A CSV file of 24 columns of measurements, 4 of whole numbers, one of words and one of 0, 1 or nothing; made once. */
export async function csvTable(rows: number): Promise<string> {
  const path = join(tmpdir(), `kindred-bench-${rows}.csv`);
  if (existsSync(path)) return path;
  const random = seededRandom(0, "read-csv");
  const uniform = (): number => random.uniform();
  const out = createWriteStream(`${path}.part`);
  const names = [
    ...Array.from({ length: 24 }, (_, i) => `x${i}`),
    ...Array.from({ length: 4 }, (_, i) => `n${i}`),
  ];
  out.write(`${[...names, "town", "y"].join(",")}\n`);
  for (let row = 0; row < rows; row++) {
    const cells = [
      ...Array.from({ length: 24 }, (_, i) => ((uniform() - 0.5) * 4 * 10 ** ((i % 5) - 1)).toFixed(3)),
      ...Array.from({ length: 4 }, (_, i) => String(Math.floor(uniform() * 10 ** (i + 1)))),
      TOWNS[Math.floor(uniform() * 4)]!,
      ["0", "1", ""][Math.floor(uniform() * 3)]!,
    ];
    if (!out.write(`${cells.join(",")}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
  renameSync(`${path}.part`, path);
  return path;
}
