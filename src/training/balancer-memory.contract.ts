import fc from "fast-check";
import { expect, it } from "vitest";
import type { BalancerMemory, BalancerOptions } from "./balancer.js";

const EPOCHS = 8;

/** Mean losses of some epochs of some tasks, with gaps, zeros and huge ones. */
const courses = fc
  .integer({ min: 1, max: 5 })
  .chain((tasks) =>
    fc.array(
      fc.array(
        fc.oneof(
          fc.double({ min: 0.01, max: 10, noNaN: true }),
          fc.constantFrom(Number.NaN, 0, 1e-30, 1e30, Number.POSITIVE_INFINITY),
        ),
        { minLength: tasks, maxLength: tasks },
      ),
      { minLength: EPOCHS, maxLength: EPOCHS },
    ),
  );

/** What every memory of a balancer of losses must do. */
export function memoryContract(memory: BalancerMemory, options: BalancerOptions): void {
  const after = (course: readonly (readonly number[])[]): Float32Array[] => {
    const kept = memory.start(course[0]!.length);
    return course.map((losses, i) => {
      memory.afterEpoch(kept, { epoch: i + 1, losses: Float64Array.from(losses), options });
      return kept.slice();
    });
  };

  it("remembers rows of one finite number per task, whatever the losses are", () => {
    fc.assert(
      fc.property(courses, (course) => {
        const tasks = course[0]!.length;
        const start = memory.start(tasks);
        expect(start.length % tasks).toBe(0);
        for (const kept of [start, ...after(course)]) {
          expect(kept).toHaveLength(start.length);
          expect(kept.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
        }
      }),
    );
  });

  it("remembers the same of a task wherever it stands", () => {
    fc.assert(
      fc.property(courses, (course) => {
        const tasks = course[0]!.length;
        const turned = after(course.map((losses) => losses.map((_, t) => losses[(t + 1) % tasks]!)));
        after(course).forEach((kept, e) =>
          turned[e]!.forEach((value, i) => {
            const row = i - (i % tasks);
            const plain = kept[row + ((i + 1) % tasks)]!;
            expect(Math.abs(value - plain)).toBeLessThanOrEqual(1e-6 * Math.abs(plain)); // sums round by their order
          }),
        );
      }),
    );
  });

  it("keeps what it remembers of a task without labels in an epoch", () => {
    fc.assert(
      fc.property(courses, (course) => {
        const kept = after(course);
        const tasks = course[0]!.length;
        course.forEach((losses, e) =>
          losses.forEach((loss, t) => {
            if (!Number.isNaN(loss)) return;
            const before = e === 0 ? memory.start(tasks) : kept[e - 1]!;
            for (let i = t; i < before.length; i += tasks) expect(kept[e]![i]).toBe(before[i]);
          }),
        );
      }),
    );
  });
}
