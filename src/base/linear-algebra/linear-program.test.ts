import { describe, expect, it } from "vitest";
import { seededRandom } from "../random.js";
import { type SimplexProgram, bestOnSimplex } from "./linear-program.js";

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, k) => sum + value * b[k]!, 0);

/** The largest objective over all vertices of two or three unknowns, found by trying every one. */
function byVertices({ objective, rows, bounds }: SimplexProgram): number | undefined {
  const n = objective.length;
  const lines = [
    ...Array.from({ length: n }, (_, k) => ({
      row: Array.from({ length: n }, (_, j) => (j === k ? -1 : 0)),
      bound: 0,
    })),
    ...Array.from(bounds, (bound, i) => ({ row: [...rows.subarray(i * n, i * n + n)], bound })),
  ];
  const pairs =
    n === 2 ? lines.map((line) => [line]) : lines.flatMap((a, i) => lines.slice(i + 1).map((b) => [a, b]));
  let best: number | undefined;
  for (const active of pairs) {
    const x = solve(
      [...active.map(({ row }) => row), Array(n).fill(1) as number[]],
      [...active.map(({ bound }) => bound), 1],
    );
    if (!x || !lines.every(({ row, bound }) => dot(row, x) <= bound + 1e-9)) continue;
    best = Math.max(best ?? -Infinity, dot(objective, x));
  }
  return best;
}

/** Cramer's rule. */
function solve(A: readonly (readonly number[])[], b: readonly number[]): number[] | undefined {
  const det = (M: readonly (readonly number[])[]): number =>
    M.length === 1
      ? M[0]![0]!
      : M[0]!.reduce(
          (sum, value, k) =>
            sum +
            (k % 2 === 0 ? 1 : -1) * value * det(M.slice(1).map((row) => row.filter((_, j) => j !== k))),
          0,
        );
  const whole = det(A);
  if (Math.abs(whole) < 1e-9) return undefined;
  return b.map((_, k) => det(A.map((row, i) => row.map((value, j) => (j === k ? b[i]! : value)))) / whole);
}

describe("a linear program over the simplex", () => {
  it("has the best of all vertices, or none where none keeps the bounds", () => {
    const random = seededRandom(3);
    let none = 0;
    for (let draw = 0; draw < 2000; draw++) {
      const n = 2 + random.integer(2);
      const m = 1 + random.integer(4);
      const program = {
        objective: Float64Array.from({ length: n }, () => random.normal()),
        rows: Float64Array.from({ length: m * n }, () => random.normal()),
        bounds: Float64Array.from({ length: m }, () => (random.uniform() < 0.5 ? 0 : 0.3 * random.uniform())),
      };
      const [found, wanted] = [bestOnSimplex(program), byVertices(program)];
      if (wanted === undefined) none++;
      expect(found === undefined).toBe(wanted === undefined);
      if (found) expect(dot(program.objective, found)).toBeCloseTo(wanted!, 8);
    }
    expect(none).toBeGreaterThan(50);
  });

  it("keeps its bounds and beats every random point that does, with many unknowns", () => {
    const random = seededRandom(4);
    for (let draw = 0; draw < 30; draw++) {
      const [n, m] = [12, 9];
      const rows = Float64Array.from({ length: m * n }, () => random.normal() - 0.3);
      const objective = Float64Array.from({ length: n }, () => random.normal());
      const bounds = new Float64Array(m);
      const found = bestOnSimplex({ objective, rows, bounds });
      const keeps = (x: ArrayLike<number>): boolean =>
        Array.from(bounds).every((_, i) => dot(rows.subarray(i * n, i * n + n), x) <= 1e-9);
      if (found) expect(keeps(found)).toBe(true);
      for (let point = 0; point < 200; point++) {
        const x = Array.from({ length: n }, () => -Math.log(1 - random.uniform()));
        const sum = x.reduce((a, b) => a + b, 0);
        const on = x.map((value) => value / sum);
        if (keeps(on)) expect(dot(objective, on)).toBeLessThanOrEqual(dot(objective, found!) + 1e-9);
      }
    }
  });
});
