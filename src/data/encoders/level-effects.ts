/** Labels of one task as numbers, or of one of its classes. */
export interface LabelColumn {
  readonly task: string;
  /** Standardised targets, or 1 and 0 for a class, by row of the table; NaN where unlabelled. */
  readonly values: Float64Array;
  /** True for a class: effects are differences of log-odds. */
  readonly odds: boolean;
}

/** Rows by level and fold. */
export interface LeveledRows {
  /** Place of each row's level, below `levels`. */
  readonly places: Int32Array;
  readonly levels: number;
  /** Training rows. */
  readonly rows: Int32Array;
  /** The fold of each training row, from 1. */
  readonly foldOf: Int32Array;
  readonly folds: number;
}

/** How much levels differ in their labels. */
export interface LevelEffects {
  /** Share of the labels' variance that lies between levels, estimated; 0 where levels differ no more than chance lets them. */
  readonly intraclass: number;
  /** Effects `[levels]` from all training rows, and after them without each fold; 0 is the mean of all labels. */
  readonly tables: readonly Float64Array[];
}

/** Counts, sums and sums of squares by level. */
interface Sums {
  readonly count: Float64Array;
  readonly sum: Float64Array;
  readonly square: Float64Array;
}

/**
 * Effects of levels on labels, shrunken towards the mean of all by what their number of rows leaves uncertain:
 * λₗ = nₗτ² / (nₗτ² + σ²), with the variance between levels τ² and within levels σ² estimated by moments (one-way analysis
 * of variance with unequal groups).
 *
 * @see Micci-Barreca 2001, "A preprocessing scheme for high-cardinality categorical attributes in classification and
 * prediction problems", section 3.3 (empirical Bayes).
 */
export function levelEffects(label: LabelColumn, rows: LeveledRows): LevelEffects {
  const { levels, folds } = rows;
  const empty = (): Sums => ({
    count: new Float64Array(levels),
    sum: new Float64Array(levels),
    square: new Float64Array(levels),
  });
  const byFold = Array.from({ length: folds + 1 }, empty);
  for (const row of rows.rows) {
    const y = label.values[row]!;
    if (Number.isNaN(y)) continue;
    for (const sums of [byFold[0]!, byFold[rows.foldOf[row]!]!]) {
      const level = rows.places[row]!;
      sums.count[level]! += 1;
      sums.sum[level]! += y;
      sums.square[level]! += y * y;
    }
  }
  const [all, ...folded] = byFold as [Sums, ...Sums[]];
  const { effects, intraclass } = shrunken(all, label.odds);
  const rest = folded.map((fold) => shrunken(minus(all, fold), label.odds).effects);
  return { intraclass, tables: [effects, ...rest] };
}

const minus = (a: Sums, b: Sums): Sums => ({
  count: a.count.map((x, i) => x - b.count[i]!),
  sum: a.sum.map((x, i) => x - b.sum[i]!),
  square: a.square.map((x, i) => x - b.square[i]!),
});

function shrunken(
  { count, sum, square }: Sums,
  odds: boolean,
): { effects: Float64Array; intraclass: number } {
  const total = (values: Float64Array): number => values.reduce((all, x) => all + x, 0);
  const [n, mean] = [total(count), total(sum) / total(count)];
  const groups = count.reduce((found, x) => found + (x > 0 ? 1 : 0), 0);
  const none = { effects: new Float64Array(count.length), intraclass: 0 };
  if (groups < 2 || n <= groups) return none;
  const means = sum.map((x, i) => (count[i] === 0 ? mean : x / count[i]!));
  const between = count.reduce((all, x, i) => all + x * (means[i]! - mean) ** 2, 0);
  const within = Math.max(0, total(square) - n * mean * mean - between) / (n - groups);
  const effective = n - count.reduce((all, x) => all + x * x, 0) / n;
  const variance = (between - (groups - 1) * within) / effective;
  if (!(variance > 0)) return none;
  const held = 1 / (2 * n + 2); // log-odds of a class that every row of a level has must stay finite
  const logit = (p: number): number => {
    const inside = Math.min(1 - held, Math.max(held, p));
    return Math.log(inside / (1 - inside));
  };
  const effects = means.map((levelMean, i) => {
    const weight = (count[i]! * variance) / (count[i]! * variance + within || 1);
    const shrunk = mean + weight * (levelMean - mean);
    return odds ? logit(shrunk) - logit(mean) : shrunk - mean;
  });
  return { effects, intraclass: variance / (variance + within) };
}
