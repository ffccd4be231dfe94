/** A point of the plane. */
export type Point = readonly [number, number];

/** The two losses at a point, with their gradients. */
export interface ToyLosses {
  readonly losses: Point;
  readonly gradients: readonly [Point, Point];
}

/** What the first loss is scaled by, so that the two differ in size. */
export const FIRST_SCALE = 0.1;

/** Below either loss everywhere: what is taken off them where a method needs losses above 0. */
export const BELOW: Point = [-21 * FIRST_SCALE, -21];

/** The published starting points. */
export const STARTS: readonly Point[] = [
  [-8.5, 7.5],
  [0, 0],
  [9, 9],
  [-7.5, -0.5],
  [9, -1],
];

/** Steps of Adam, and its learning rate, as published. */
export const [STEPS, LEARNING_RATE] = [35_000, 1e-3];

const LEAST = 5e-6; // of the argument of a logarithm

/**
 * The two losses of the plane: fᵢ = sᵢ·(c₁·hᵢ + c₂·qᵢ), with c₁ = max(tanh(x₂/2), 0), c₂ = max(tanh(−x₂/2), 0),
 * h₁ = log max(|½·(−x₁ − 7) − tanh(−x₂)|, 5·10⁻⁶) + 6, h₂ = log max(|½·(−x₁ + 3) + tanh(−x₂) + 2|, 5·10⁻⁶) + 6,
 * qᵢ = ((x₁ ∓ 7)² + (x₂ + 8)²/10)/10 − 20 and s = (0.1, 1). Above the axis lie valleys in which the gradients conflict, below it
 * two bowls.
 *
 * @see Liu et al. 2021, "Conflict-Averse Gradient Descent for Multi-task Learning"; Navon et al. 2022, "Multi-Task Learning as a
 * Bargaining Game", which scales the first loss and adds starting points.
 */
export function toyLosses([x1, x2]: Point): ToyLosses {
  const t = Math.tanh(x2);
  const slope = 1 - t * t; // of tanh
  const [h1, h1x, h1y] = valley(0.5 * (-x1 - 7) + t, slope);
  const [h2, h2x, h2y] = valley(0.5 * (-x1 + 3) - t + 2, -slope);
  const half = Math.tanh(x2 / 2);
  const bend = (1 - half * half) / 2;
  const [c1, c2] = [Math.max(half, 0), Math.max(-half, 0)];
  // on the axis both pass their slope on, as automatic differentiation of the published code has it
  const [c1y, c2y] = [half >= 0 ? bend : 0, half <= 0 ? -bend : 0];
  const [q1, q2] = [7, -7].map((at) => ((x1 - at) ** 2 + 0.1 * (x2 + 8) ** 2) / 10 - 20) as [number, number];
  const [q1x, q2x, qy] = [(x1 - 7) / 5, (x1 + 7) / 5, (x2 + 8) / 50];
  const s = FIRST_SCALE;
  return {
    losses: [s * (c1 * h1 + c2 * q1), c1 * h2 + c2 * q2],
    gradients: [
      [s * (c1 * h1x + c2 * q1x), s * (c1 * h1y + c1y * h1 + c2 * qy + c2y * q1)],
      [c1 * h2x + c2 * q2x, c1 * h2y + c1y * h2 + c2 * qy + c2y * q2],
    ],
  };
}

/** log max(|u|, 5·10⁻⁶) + 6 with its derivatives by x₁ and x₂, u having the slopes −½ and `by2`. */
function valley(u: number, by2: number): readonly [number, number, number] {
  if (Math.abs(u) < LEAST) return [Math.log(LEAST) + 6, 0, 0];
  return [Math.log(Math.abs(u)) + 6, -0.5 / u, by2 / u];
}

/**
 * The Pareto set: the points with x₁ from −7 to 7 in the bowls at which the gradients are opposite, from left to right.
 */
export const PARETO_SET: readonly Point[] = Array.from({ length: 281 }, (_, i) => {
  const x1 = -7 + i / 20;
  let [low, high] = [-9, -8];
  for (let halving = 0; halving < 50; halving++) {
    const middle = (low + high) / 2;
    const [[ax, ay], [bx, by]] = toyLosses([x1, middle]).gradients;
    // along x₂ both rise above the set; ax ≤ 0 ≤ bx, so that this is a mean of the two slopes
    if (bx * ay - ax * by > 0) high = middle;
    else low = middle;
  }
  return [x1, (low + high) / 2];
});

/** Distance of a point from the Pareto set, in the plane. */
export function distanceToSet([x1, x2]: Point): number {
  return PARETO_SET.reduce((least, [s1, s2]) => Math.min(least, Math.hypot(x1 - s1, x2 - s2)), Infinity);
}
