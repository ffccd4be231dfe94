import { nowMs } from "../src/base/clock.js";
import type { Row } from "../src/data/index.js";
import { inTurns, median } from "./in-turns.js";
import type { Predict } from "./peers/ort-direct.js";
import { serveBench } from "./serve.js";

const ROUNDS = 21;
const CALLS = 200; // in one turn of a side: some 20 ms, so that a disturbance meets both sides

/** Milliseconds until one row is predicted: the median of a turn's calls, and of the turns. */
export const serveLatency = serveBench({
  unit: "ms/row",
  peers: [{ name: "", chunk: Infinity }],
  measure: async (ours, peer, rows) => {
    const sides = [ours, peer].map((predict) => () => typicalCall(predict, rows));
    const [mine, theirs] = await inTurns(sides, ROUNDS);
    return [mine!, theirs!];
  },
});

async function typicalCall(predict: Predict, rows: readonly Row[]): Promise<number> {
  const taken: number[] = [];
  for (const row of rows.slice(0, CALLS)) {
    const start = nowMs();
    await predict([row]);
    taken.push(nowMs() - start);
  }
  return median(taken);
}
