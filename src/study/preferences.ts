import { ConfigError } from "../base/errors.js";

/** How much each task matters `[T]`: positive, with sum 1. */
export type Preference = readonly number[];

/**
 * Preferences spread evenly over the inside of the simplex of two or three tasks: the points (i + ½)/(H + T/2) of a lattice with H
 * steps, first those that the first task matters most to. Half a step lies between them and the border, so that every task is trained.
 *
 * @param points for two tasks any number of at least 2; for three a triangular number: 3, 6, 10, 15, ….
 * @throws {ConfigError} for another number of tasks or points.
 * @see Das & Dennis 1998, "Normal-Boundary Intersection: A New Method for Generating the Pareto Surface in Nonlinear Multicriteria
 * Optimization Problems", the lattice; theirs has the border.
 */
export function evenPreferences(tasks: number, points: number): Preference[] {
  const where = "pareto";
  if (tasks !== 2 && tasks !== 3) {
    const fix = "Name two or three with --tasks.";
    throw new ConfigError({ where, subject: "tasks", expected: "two or three", got: String(tasks), fix });
  }
  const steps = tasks === 2 ? points - 1 : (Math.sqrt(8 * points + 1) - 3) / 2;
  if (!Number.isInteger(steps) || steps < 1 || points > 200) {
    const expected =
      tasks === 2
        ? "a whole number of at least 2 and at most 200"
        : "a triangular number for three tasks: 3, 6, 10, 15, 21, 28, 36, 45, …";
    throw new ConfigError({ where, subject: "points", expected, got: String(points) });
  }
  const cells = Array.from({ length: steps + 1 }, (_, i) => steps - i).flatMap((first) =>
    tasks === 2
      ? [[first, steps - first]]
      : Array.from({ length: steps - first + 1 }, (_, j) => [first, steps - first - j, j]),
  );
  return cells.map((cell) => cell.map((at) => (at + 0.5) / (steps + tasks / 2)));
}

/** A preference in words, by which its point is called: `0.06 0.94`. */
export const preferenceName = (preference: Preference): string =>
  preference.map((share) => share.toFixed(3)).join(" ");
