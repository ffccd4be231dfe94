import { nowMs } from "../src/base/clock.js";
import { inTurns } from "./in-turns.js";
import { serveBench } from "./serve.js";

const ROUNDS = 11;

/**
 * Milliseconds until 10,000 rows are predicted. The peer puts all rows into one run, as most programs do, and in a second
 * measurement 256 at a time, which is quicker because a layer's values then stay in cache.
 */
export const serveThroughput = serveBench({
  unit: "ms/10k rows",
  peers: [
    { name: "at once", chunk: Infinity },
    { name: "by 256", chunk: 256 },
  ],
  measure: async (ours, peer, rows) => {
    const sides = [ours, peer].map((predict) => async () => {
      const start = nowMs();
      await predict(rows);
      return nowMs() - start;
    });
    const [mine, theirs] = await inTurns(sides, ROUNDS);
    return [mine!, theirs!];
  },
});
