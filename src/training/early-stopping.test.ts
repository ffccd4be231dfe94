import fc from "fast-check";
import { mean, sampleVariance } from "simple-statistics";
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

/** Shows an epoch's losses, each that of all three validation rows alike; epoch k has the parameters [k]. */
function show(stopping: EarlyStopping, epoch: number, losses: Readonly<Record<string, number>>): void {
  const all = Object.values(losses);
  stopping.see(epoch, losses, Float32Array.of(epoch), Float32Array.from([...all, ...all, ...all]));
}

/** Shows losses epoch by epoch until training stops. */
function follow(stopping: EarlyStopping, losses: readonly Readonly<Record<string, number>>[]): number {
  let epoch = 0;
  while (epoch < losses.length && !stopping.finished) {
    epoch += 1;
    show(stopping, epoch, losses[epoch - 1]!);
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

describe("early stopping that waits for each task", () => {
  const spec = specOf(amount("a"), amount("b"));
  const loss = fc.integer({ min: 1, max: 9 });
  const sequence = fc.array(fc.record({ a: loss, b: loss }), { minLength: 1, maxLength: 40 });
  const patience = fc.integer({ min: 1, max: 5 });
  const firstLowest = (losses: readonly number[]): number => losses.indexOf(Math.min(...losses)) + 1;

  it("ends once the mean has not got better for `patience` epochs and for half as many tasks that did could not lower it, and keeps the best mean", () => {
    interface Losses {
      readonly a: number;
      readonly b: number;
    }
    const best = (shown: readonly Losses[]): number => firstLowest(shown.map(({ a, b }) => a + b));
    /** Whether tasks that got better lately may still lower the mean; undefined where there are none. */
    const hope = (shown: readonly Losses[], waited: number): boolean | undefined => {
      const learns = (task: keyof Losses): boolean =>
        shown.length - firstLowest(shown.map((one) => one[task])) < waited;
      const left = (task: keyof Losses): number => (learns(task) ? 0 : shown.at(-1)![task]);
      const { a, b } = shown[best(shown) - 1]!;
      return learns("a") || learns("b") ? left("a") + left("b") < a + b : undefined;
    };
    const ended = (shown: readonly Losses[], waited: number): boolean =>
      shown.length - best(shown) >= waited &&
      (hope(shown, waited) === undefined ||
        Array.from({ length: Math.ceil(waited / 2) }, (_, i) => shown.length - i).every(
          (epoch) => hope(shown.slice(0, epoch), waited) !== true,
        ));
    let waiting = 0;
    fc.assert(
      fc.property(sequence, patience, (losses, waited) => {
        const stopping = new EarlyStopping(spec, { patience: waited, from: 1, monitor: "each" });
        const shown = losses.slice(0, follow(stopping, losses));
        const ends = shown.map((_, i) => ended(shown.slice(0, i + 1), waited));
        expect(ends.indexOf(true)).toBe(stopping.finished ? shown.length - 1 : -1);
        expect(stopping.kept.map(({ epoch, tasks }) => [epoch, tasks])).toEqual([[best(shown), ["a", "b"]]]);
        waiting += shown.length - best(shown) > waited ? 1 : 0;
      }),
    );
    expect(waiting).toBeGreaterThan(5);
  });

  it("goes on from what another one remembered", () => {
    fc.assert(
      fc.property(sequence, fc.nat(40), patience, (losses, at, waited) => {
        const [whole, before, after] = Array.from(
          { length: 3 },
          () => new EarlyStopping(spec, { patience: waited, from: 1, monitor: "each" }),
        ) as [EarlyStopping, EarlyStopping, EarlyStopping];
        losses.forEach((one, i) => show(whole, i + 1, one));
        losses.slice(0, at).forEach((one, i) => show(before, i + 1, one));
        after.restore(before.state);
        losses.slice(at).forEach((one, i) => show(after, at + i + 1, one));
        expect([after.state, at < losses.length && after.finished]).toEqual([
          whole.state,
          at < losses.length && whole.finished,
        ]);
      }),
    );
  });
});

describe("early stopping task by task", () => {
  const spec = specOf(amount("a"), amount("b"), amount("c"));
  const options = { patience: 3, from: 1, stopping: "per-task" } as const;
  const epochsOf = (stopping: EarlyStopping): Record<string, number> =>
    Object.fromEntries(stopping.kept.flatMap(({ epoch, tasks }) => tasks.map((task) => [task, epoch])));

  /** The losses of some rows in some epochs, with the means that early stopping hears; NaN where a row has no label. */
  const shown = fc
    .array(
      // five rows of three tasks; multiples of 60, so that the mean of up to five is exact and a tie is a tie
      fc.array(fc.constantFrom(60, 120, 180, 240, 300, 360, 420, 480), { minLength: 15, maxLength: 15 }),
      { minLength: 1, maxLength: 25 },
    )
    .chain((epochs) =>
      fc.record({
        epochs: fc.constant(epochs),
        labelled: fc.array(fc.boolean(), { minLength: 15, maxLength: 15 }),
      }),
    )
    .map(({ epochs, labelled }) =>
      epochs.map((all) => {
        const rows = all.map((loss, i) => (labelled[i] ? loss : Number.NaN));
        return {
          rows,
          losses: Object.fromEntries(["a", "b", "c"].map((name, t) => [name, meanOf(rows, t)])),
        };
      }),
    );
  const columnOf = (rows: readonly number[], task: number): number[] =>
    rows.filter((loss, i) => i % 3 === task && !Number.isNaN(loss));
  const meanOf = (rows: readonly number[], task: number): number => {
    const own = columnOf(rows, task);
    return own.length === 0 ? Number.NaN : mean(own);
  };
  interface Rows {
    readonly rows: readonly number[];
  }
  /** Epochs counted from 0: the first of the smallest losses, -1 without labels; of one task, and of the mean. */
  const first = (of: readonly number[]): number => of.indexOf(Math.min(...of));
  const ownOf = (seen: readonly Rows[], task: number): number =>
    first(seen.map(({ rows }) => meanOf(rows, task)));
  const commonOf = (seen: readonly Rows[]): number =>
    first(
      seen.map(({ rows }) =>
        mean([0, 1, 2].map((t) => meanOf(rows, t)).filter((loss) => !Number.isNaN(loss))),
      ),
    );
  /** The epoch that a task keeps: its own one only if it is lower by two standard errors. */
  const keptOf = (seen: readonly Rows[], task: number): number => {
    const [common, own] = [commonOf(seen), ownOf(seen, task)];
    if (own < 0) return common;
    const before = columnOf(seen[common]!.rows, task);
    const differences = columnOf(seen[own]!.rows, task).map((loss, i) => before[i]! - loss);
    if (differences.length < 2) return common;
    const error = Math.sqrt(sampleVariance(differences) / differences.length);
    return mean(differences) > 2 * error ? own : common;
  };

  it("leaves the best epoch on average only for one that is lower by two standard errors, and stops when `patience` epochs bettered no task", () => {
    let own = 0;
    fc.assert(
      fc.property(shown, fc.integer({ min: 1, max: 5 }), (epochs, patience) => {
        fc.pre(epochs[0]!.rows.some((loss) => !Number.isNaN(loss)));
        const stopping = new EarlyStopping(spec, { ...options, patience });
        let seen = 0;
        while (seen < epochs.length && !stopping.finished) {
          const { losses, rows } = epochs[seen]!;
          seen += 1;
          stopping.see(seen, losses, Float32Array.of(seen), Float32Array.from(rows));
        }
        const kept = [0, 1, 2].map((task) => 1 + keptOf(epochs.slice(0, seen), task));
        expect(epochsOf(stopping)).toEqual({ a: kept[0], b: kept[1], c: kept[2] });
        const all = epochs.slice(0, seen);
        const last = 1 + Math.max(commonOf(all), ...[0, 1, 2].map((task) => ownOf(all, task)));
        expect(stopping.finished).toBe(seen - last >= patience);
        for (const { epoch, parameters } of stopping.kept) expect([...parameters]).toEqual([epoch]);
        own += kept.filter((epoch) => epoch !== stopping.best.epoch).length;
      }),
    );
    expect(own).toBeGreaterThan(5);
  });

  it("keeps for each task the first of its own smallest losses where all rows agree", () => {
    const epoch = fc.record({
      a: fc.integer({ min: 1, max: 9 }),
      b: fc.integer({ min: 1, max: 9 }),
      c: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(epoch, { minLength: 1, maxLength: 30 }), (losses) => {
        const stopping = new EarlyStopping(spec, options);
        const seen = losses.slice(0, follow(stopping, losses));
        for (const [task, kept] of Object.entries(epochsOf(stopping))) {
          const own = seen.map((one) => one[task as "a"]);
          const [smallest, common] = [Math.min(...own), stopping.best.epoch];
          expect(kept).toBe(own[common - 1] === smallest ? common : own.indexOf(smallest) + 1);
        }
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
    expect(best!.rows).toBe(own.get("b")!.rows);
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
    ].map(([a, b]) => ({ a: a!, b: b!, none: Number.NaN, g: Number.NaN }));
    follow(mixed, losses);
    expect(epochsOf(mixed)).toEqual({ a: 2, b: 4, none: 4, g: 4 }); // means 5.5, 4, 3
  });

  it("goes on while the mean gets better, also where it is best for no task", () => {
    const losses = [
      [1, 9],
      [5, 3],
      [3, 4],
      [9, 9],
    ].map(([a, b]) => ({ a: a!, b: b!, c: Number.NaN })); // the third mean is the smallest, and best for no task
    const stopping = new EarlyStopping(spec, { ...options, patience: 2 });
    expect(follow(stopping, [...losses, ...losses])).toBe(5);
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
    losses.forEach((one, i) => show(whole, i + 1, one));
    const [before, after] = [new EarlyStopping(spec, options), new EarlyStopping(spec, options)];
    losses.slice(0, 4).forEach((one, i) => show(before, i + 1, one));
    after.restore(before.state);
    losses.slice(4).forEach((one, i) => show(after, i + 5, one));
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
