import { describe, expect, it } from "vitest";
import { evenPreferences, preferenceName } from "./preferences.js";

describe("preferences", () => {
  it.each([
    [2, 2],
    [2, 9],
    [3, 3],
    [3, 10],
    [3, 28],
  ])(
    "of %d tasks are %d different ones inside the simplex, every task preferred alike in all",
    (tasks, points) => {
      const found = evenPreferences(tasks, points);
      expect(new Set(found.map(preferenceName)).size).toBe(points);
      for (const preference of found) {
        expect(preference.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
        expect(Math.min(...preference)).toBeGreaterThan(0);
      }
      for (let t = 0; t < tasks; t++)
        expect(found.reduce((sum, preference) => sum + preference[t]!, 0)).toBeCloseTo(points / tasks, 10);
    },
  );

  it("are evenly spaced for two tasks, the first one first", () => {
    expect(evenPreferences(2, 5).map(([first]) => first)).toEqual([0.9, 0.7, 0.5, 0.3, 0.1]);
  });

  it("refuse other numbers of tasks and of points", () => {
    expect(() => evenPreferences(4, 9)).toThrow(/tasks must be two or three, got 4/);
    expect(() => evenPreferences(3, 9)).toThrow(/triangular number/);
    expect(() => evenPreferences(2, 1)).toThrow(/at least 2/);
  });
});
