import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelSpec } from "../model/spec.js";
import type { Task } from "../tasks/task-kind.js";
import { EarlyStopping } from "./early-stopping.js";
import { PLAIN } from "../../test/fixtures/plain-model.js";

const amount = (name: string): Task => ({
  name,
  coding: { kind: "regression", mean: 0, deviation: 1, labelled: 10 },
});
const groups = (name: string): Task => ({ name, coding: { kind: "clustering", clusters: 2, embedding: 2 } });
const classes = (name: string, priors: readonly number[]): Task => ({
  name,
  coding: {
    kind: priors.length === 2 ? "binary" : "multiclass",
    classes: priors.map((_, k) => `c${k}`),
    classType: "string",
    priors,
    labelled: 10,
  },
});
const specOf = (...tasks: Task[]): ModelSpec => ({
  inputs: 2,
  tasks,
  links: [],
  trunk: [4],
  ...PLAIN,
});

/** Shows losses epoch by epoch until training stops; epoch k has the parameters [k]. */
function follow(stopping: EarlyStopping, losses: readonly Readonly<Record<string, number>>[]): number {
  let epoch = 0;
  while (epoch < losses.length && !stopping.finished) {
    epoch += 1;
    stopping.see(epoch, losses[epoch - 1]!, Float32Array.of(epoch));
  }
  return epoch;
}

describe("early stopping", () => {
  it("stops after `patience` epochs without a better loss and gives the best epoch back", () => {
    const stopping = new EarlyStopping(specOf(amount("a")), { patience: 2, from: 1 });
    expect(
      follow(
        stopping,
        [3, 2, 2.5, 1, 1, 1.5, 0].map((a) => ({ a })),
      ),
    ).toBe(6);
    expect(stopping.best.epoch).toBe(4);
    expect([...stopping.best.parameters]).toEqual([4]);
  });

  it("keeps a copy of the best parameters", () => {
    const stopping = new EarlyStopping(specOf(amount("a")), { patience: 2, from: 1 });
    const parameters = Float32Array.of(7);
    stopping.see(1, { a: 1 }, parameters);
    parameters[0] = 0;
    expect([...stopping.best.parameters]).toEqual([7]);
  });

  it("keeps the first of the smallest losses, and stops no sooner than after `patience` worse epochs", () => {
    const sequence = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sequence, fc.integer({ min: 1, max: 5 }), (losses, patience) => {
        const stopping = new EarlyStopping(specOf(amount("a")), { patience, from: 1 });
        const seen = follow(
          stopping,
          losses.map((a) => ({ a })),
        );
        const shown = losses.slice(0, seen);
        const best = shown.indexOf(Math.min(...shown)) + 1;
        expect(stopping.best.epoch).toBe(best);
        expect(stopping.finished).toBe(seen - best >= patience);
      }),
    );
  });

  it("weighs tasks by what they lose without any inputs, so that no scale decides", () => {
    const stopping = new EarlyStopping(specOf(amount("a"), classes("b", [0.99, 0.01])), {
      patience: 5,
      from: 1,
    });
    const entropy = -(0.99 * Math.log(0.99) + 0.01 * Math.log(0.01));
    stopping.see(1, { a: 0.5, b: entropy }, Float32Array.of(1)); // 0.5 and 1 of the trivial losses
    stopping.see(2, { a: 0.6, b: entropy * 0.8 }, Float32Array.of(2)); // 0.6 and 0.8
    expect(stopping.best.epoch).toBe(2);
  });

  it("does not let a task of almost a single class be the only one that counts", () => {
    const stopping = new EarlyStopping(specOf(amount("a"), classes("b", [1, 0])), { patience: 5, from: 1 });
    stopping.see(1, { a: 0.9, b: 1e-4 }, Float32Array.of(1));
    stopping.see(2, { a: 0.2, b: 2e-4 }, Float32Array.of(2));
    expect(stopping.best.epoch).toBe(2);
  });

  it("hears each task as much as it has labelled rows", () => {
    const tasks = specOf(amount("many"), amount("few"));
    const stopping = new EarlyStopping(tasks, { patience: 2, from: 1, labelled: { many: 99, few: 1 } });
    stopping.see(1, { many: 0.9, few: 0.1 }, Float32Array.of(1));
    stopping.see(2, { many: 0.8, few: 5 }, Float32Array.of(2));
    expect(stopping.best.epoch).toBe(2); // 0.99 · 0.8 + 0.01 · 5 = 0.842 < 0.892
    const equal = new EarlyStopping(tasks, { patience: 2, from: 1, labelled: { many: 99, few: 99 } });
    equal.see(1, { many: 0.9, few: 0.1 }, Float32Array.of(1));
    equal.see(2, { many: 0.8, few: 5 }, Float32Array.of(2));
    expect(equal.best.epoch).toBe(1);
  });

  it("leaves out a task without validation labels", () => {
    const stopping = new EarlyStopping(specOf(amount("a"), amount("b")), { patience: 2, from: 1 });
    follow(
      stopping,
      [2, 1, 3].map((a) => ({ a, b: Number.NaN })),
    );
    expect(stopping.best.epoch).toBe(2);
  });

  it("trains to the end where no task has validation labels, since nothing speaks for an earlier epoch", () => {
    const stopping = new EarlyStopping(specOf(amount("a")), { patience: 2, from: 1 });
    expect(
      follow(
        stopping,
        Array.from({ length: 9 }, () => ({ a: Number.NaN })),
      ),
    ).toBe(9);
    expect(stopping.best.epoch).toBe(9);
    expect([...stopping.best.parameters]).toEqual([9]);
  });

  it("counts epochs from the start of the clusters on when there are clusters", () => {
    const stopping = new EarlyStopping(specOf(amount("a"), groups("c")), { patience: 2, from: 4 });
    expect(
      follow(
        stopping,
        [0.1, 0.1, 0.1, 5, 4, 4, 4, 4].map((a) => ({ a })),
      ),
    ).toBe(7);
    expect(stopping.best.epoch).toBe(5);
  });

  it("has a best epoch even if training ends before the clusters start", () => {
    const stopping = new EarlyStopping(specOf(groups("c")), { patience: 2, from: 4 });
    stopping.see(1, {}, Float32Array.of(1));
    expect([...stopping.best.parameters]).toEqual([1]);
  });

  it("refuses to name a best epoch before it has seen one", () => {
    expect(() => new EarlyStopping(specOf(amount("a")), { patience: 1, from: 1 }).best).toThrow(/no epoch/);
  });
});

describe("early stopping task by task", () => {
  const spec = specOf(amount("a"), amount("b"), amount("c"));
  const options = { patience: 3, from: 1, stopping: "per-task" } as const;
  const epochsOf = (stopping: EarlyStopping): Record<string, number> =>
    Object.fromEntries(stopping.kept.flatMap(({ epoch, tasks }) => tasks.map((task) => [task, epoch])));

  it("keeps for each task the first of its own smallest losses, and stops when `patience` epochs bettered no task", () => {
    const epoch = fc.record({
      a: fc.integer({ min: 1, max: 9 }),
      b: fc.integer({ min: 1, max: 9 }),
      c: fc.integer({ min: 1, max: 9 }),
    });
    const sequence = fc.array(epoch, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sequence, fc.integer({ min: 1, max: 5 }), (losses, patience) => {
        const stopping = new EarlyStopping(spec, { ...options, patience });
        const seen = follow(stopping, losses);
        const best = (["a", "b", "c"] as const).map((task) => {
          const own = losses.slice(0, seen).map((one) => one[task]);
          return [task, own.indexOf(Math.min(...own)) + 1] as const;
        });
        expect(epochsOf(stopping)).toEqual(Object.fromEntries(best));
        const quiet = seen - Math.max(...best.map(([, kept]) => kept));
        expect(stopping.finished).toBe(quiet >= patience);
        expect(quiet).toBeLessThanOrEqual(patience);
        for (const { epoch: kept, parameters } of stopping.kept) expect([...parameters]).toEqual([kept]);
      }),
    );
  });

  it("holds one copy of the parameters for each epoch, and names the epoch of the most tasks first", () => {
    const stopping = new EarlyStopping(spec, options);
    follow(stopping, [
      { a: 1, b: 5, c: 5 },
      { a: 2, b: 3, c: 3 },
    ]);
    expect(stopping.kept.map(({ epoch, tasks }) => [epoch, tasks])).toEqual([
      [2, ["b", "c"]],
      [1, ["a"]],
    ]);
    const { best, own } = stopping.state;
    expect(own.get("b")!.parameters).toBe(own.get("c")!.parameters);
    expect(best!.parameters).toBe(own.get("b")!.parameters);
  });

  it("lets tasks without validation labels and clusterings follow the mean", () => {
    const mixed = new EarlyStopping(specOf(amount("a"), amount("b"), amount("none"), groups("g")), {
      ...options,
      from: 2,
    });
    const losses = [
      [0.1, 0.1],
      [3, 8],
      [4, 4],
      [5, 1],
    ].map(([a, b]) => ({ a: a!, b: b!, none: Number.NaN }));
    follow(mixed, losses);
    expect(epochsOf(mixed)).toEqual({ a: 2, b: 4, none: 4, g: 4 }); // means 5.5, 4, 3
  });

  it("goes on while the mean gets better, where a task follows it", () => {
    const losses = [
      [1, 9],
      [5, 3],
      [3, 4],
      [9, 9],
    ].map(([a, b]) => ({ a: a!, b: b!, c: Number.NaN })); // the third mean is the smallest, and best for no task
    const followed = new EarlyStopping(spec, { ...options, patience: 2 });
    expect(follow(followed, [...losses, ...losses])).toBe(5);
    const alone = new EarlyStopping(specOf(amount("a"), amount("b")), { ...options, patience: 2 });
    expect(follow(alone, [...losses, ...losses])).toBe(4);
  });

  it("is for one task what stopping together is", () => {
    const sequence = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(sequence, (losses) => {
        const [own, together] = (["per-task", "together"] as const).map((stopping) => {
          const one = new EarlyStopping(specOf(classes("a", [0.3, 0.7])), { ...options, stopping });
          return [
            follow(
              one,
              losses.map((a) => ({ a })),
            ),
            one.kept,
          ];
        });
        expect(own).toEqual(together);
      }),
    );
  });

  it("goes on from what another one remembered", () => {
    const losses = Array.from({ length: 12 }, (_, i) => ({
      a: Math.abs(i - 2),
      b: Math.abs(i - 5),
      c: 1 / (i + 1),
    }));
    const whole = new EarlyStopping(spec, options);
    losses.forEach((one, i) => whole.see(i + 1, one, Float32Array.of(i + 1)));
    const [before, after] = [new EarlyStopping(spec, options), new EarlyStopping(spec, options)];
    losses.slice(0, 4).forEach((one, i) => before.see(i + 1, one, Float32Array.of(i + 1)));
    after.restore(before.state);
    losses.slice(4).forEach((one, i) => after.see(i + 5, one, Float32Array.of(i + 5)));
    expect(after.kept).toEqual(whole.kept);
  });
});

describe("early stopping of clusterings alone", () => {
  const rows = 1000;
  const moved = (count: number): Int32Array =>
    Int32Array.from({ length: rows }, (_, row) => (row < count ? 1 : 0));
  const run = (stopping: EarlyStopping, epochs: readonly Readonly<Record<string, Int32Array>>[]): number => {
    let epoch = 0;
    while (epoch < epochs.length && !stopping.finished) {
      epoch += 1;
      for (const [task, assignment] of Object.entries(epochs[epoch - 1]!))
        stopping.assigned(task, assignment);
      stopping.see(epoch, {}, Float32Array.of(epoch));
    }
    return epoch;
  };

  it("stops when at most one row in a thousand has changed three epochs in a row, with the last epoch as the best", () => {
    const stopping = new EarlyStopping(specOf(groups("c")), { patience: 1, from: 1 });
    const counts = [500, 300, 301, 302, 200, 201, 200, 200, 200];
    expect(
      run(
        stopping,
        counts.map((count) => ({ c: moved(count) })),
      ),
    ).toBe(8);
    expect(stopping.best.epoch).toBe(8);
  });

  it("waits for three quiet epochs of every clustering, however many there are", () => {
    const spec = specOf(groups("c"), groups("d"), groups("e"));
    const quiet = new EarlyStopping(spec, { patience: 1, from: 1 });
    const still = { c: moved(0), d: moved(0), e: moved(0) };
    expect(
      run(
        quiet,
        Array.from({ length: 9 }, () => still),
      ),
    ).toBe(4); // the first epoch has nothing to compare with
    const restless = new EarlyStopping(spec, { patience: 1, from: 1 });
    expect(
      run(
        restless,
        Array.from({ length: 9 }, (_, i) => ({ ...still, c: moved((i % 2) * 100) })),
      ),
    ).toBe(9);
  });
});
