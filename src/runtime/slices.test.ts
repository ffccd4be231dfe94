import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runInSlices, type Slice } from "./slices.js";

/** A loop on a machine whose step takes `msPerStep(from)` milliseconds, with a clock of its own. */
function machine(msPerStep: (from: number) => number) {
  let now = 0;
  const clock = (): number => now;
  const run = async (from: number, count: number): Promise<number[]> => {
    now += count * msPerStep(from);
    return Array.from({ length: count }, (_, i) => from + i);
  };
  return { clock, run };
}

describe("running in slices", () => {
  it("covers every step once and in order, on a machine of any speed", () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 500 }),
        fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 9 }),
        async (steps, speeds) => {
          const { clock, run } = machine((from) => speeds[from % speeds.length]!);
          const told: Slice<number[]>[] = [];
          const onSlice = (slice: Slice<number[]>) => void told.push(slice);
          const results = await runInSlices({ steps, targetMs: 100, run, clock, onSlice });
          expect(results.flat()).toEqual(Array.from({ length: steps }, (_, i) => i));
          expect(told.map((slice) => slice.result)).toEqual(results);
          expect(told.every((slice) => slice.count >= 1 && slice.count === slice.result.length)).toBe(true);
          expect(told.map((slice) => slice.from)).toEqual(results.map((result) => result[0]));
        },
      ),
      { numRuns: 15, seed: 1 },
    ));

  it("starts with one step and settles at the target time", async () => {
    const { clock, run } = machine(() => 2);
    const results = await runInSlices({ steps: 1000, targetMs: 200, run, clock });
    expect(results.map((result) => result.length)).toEqual([1, 8, 64, ...Array(9).fill(100), 27]);
  });

  it("shrinks when steps become slower, down to one step at a time", async () => {
    const { clock, run } = machine((from) => (from < 73 ? 2 : 500));
    const results = await runInSlices({ steps: 176, targetMs: 200, run, clock });
    expect(results.map((result) => result.length)).toEqual([1, 8, 64, 100, 1, 1, 1]);
  });

  it("grows at most eightfold when a slice took no time at all", async () => {
    const { clock, run } = machine(() => 0);
    const results = await runInSlices({ steps: 100, run, clock });
    expect(results.map((result) => result.length)).toEqual([1, 8, 64, 27]);
  });

  it("goes on at the pace of the loop before, and gives the event loop its turn between the two", async () => {
    const { clock, run } = machine(() => 2);
    const pace = {};
    await runInSlices({ steps: 10, run, clock, pace });
    let turned = false;
    setTimeout(() => (turned = true), 0);
    const results = await runInSlices({ steps: 250, run, clock, pace });
    expect(results.map((result) => result.length)).toEqual([100, 100, 50]);
    expect(turned).toBe(true);
  });

  it("runs nothing when there are no steps", async () => {
    const { clock, run } = machine(() => 1);
    expect(await runInSlices({ steps: 0, run, clock })).toEqual([]);
  });

  it("stops before the next slice with the signal's reason", async () => {
    const { clock, run } = machine(() => 2);
    const controller = new AbortController();
    const told: number[] = [];
    const onSlice = ({ from }: Slice<number[]>) => {
      told.push(from);
      if (from === 9) controller.abort();
    };
    const running = runInSlices({ steps: 1000, run, clock, onSlice, signal: controller.signal });
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    expect(told).toEqual([0, 1, 9]);
  });

  it("hears a cancel that a timer brings, although the loop itself never waits", async () => {
    const { clock, run } = machine(() => 1000);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 0);
    const running = runInSlices({ steps: 1e6, run, clock, signal: controller.signal });
    await expect(running).rejects.toThrow("enough");
  });

  it("does not start at all under an aborted signal", async () => {
    const { clock, run } = machine(() => 1);
    const told: unknown[] = [];
    const onSlice = (slice: unknown) => void told.push(slice);
    const running = runInSlices({ steps: 5, run, clock, onSlice, signal: AbortSignal.abort() });
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    expect(told).toEqual([]);
  });

  it("waits for what is done with a slice, and passes on its failure", async () => {
    const { clock, run } = machine(() => 1);
    const onSlice = async () => {
      throw new Error("disk full");
    };
    await expect(runInSlices({ steps: 5, run, clock, onSlice })).rejects.toThrow("disk full");
  });
});
