import { nowMs } from "../src/base/clock.js";
import { openRowStream, parquetFacts, rowRanges, streamColumns } from "../src/data/stream/index.js";

/** What one pass from a file to batches took; the peers print the same. */
export interface StreamPass {
  readonly versions?: string;
  readonly rows: number;
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly peakBytes: number;
}

const WINDOW_ROWS = 500_000; // rows that are mixed together
const MOST_LEVELS = 1000; // of a text column

/** One pass over all rows of a file in mixed batches, each a float32 matrix `[rows, columns]` ready for a step. */
async function pass(file: string, batch: number): Promise<StreamPass> {
  const [begun, worked] = [nowMs(), process.cpuUsage()];
  const facts = await parquetFacts(file);
  const names = facts.columns.map(({ name }) => name);
  const { columns } = await streamColumns(facts, names, MOST_LEVELS);
  const stream = await openRowStream({
    path: facts.path,
    name: file,
    seed: 0,
    setup: columns.flatMap(({ setup }) => (setup === undefined ? [] : [setup])),
    expressions: columns.map(({ sql }) => sql),
    ranges: rowRanges(facts.groups),
    windowRows: WINDOW_ROWS,
    passes: 1,
  });
  let [rows, seen] = [0, 0];
  for (let mixed = await stream.next(); mixed; mixed = await stream.next()) {
    const { matrix, window } = mixed;
    for (let from = 0; from < window.rows; from += batch) {
      const to = Math.min(from + batch, window.rows);
      const values = matrix.subarray(from * columns.length, to * columns.length); // [batch, columns]
      rows += values.length / columns.length;
      seen += values[0]!;
    }
  }
  const seconds = (nowMs() - begun) / 1000;
  const { user, system } = process.cpuUsage(worked);
  await stream.close();
  if (Number.isNaN(seen) && rows === 0) throw new Error("no row was seen");
  const processorSeconds = (user + system) / 1e6;
  return { rows, seconds, processorSeconds, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

console.log(JSON.stringify(await pass(process.argv[2]!, Number(process.argv[3]))));
