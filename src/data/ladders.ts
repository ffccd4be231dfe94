/** Words that customarily name steps, each from the lowest to the highest; several spellings of one step divided by bars. */
const LADDERS: readonly string[] = [
  "none, very low, low|small, medium low, medium|moderate|normal|average|mid|med, medium high, high|large, very high, extreme",
  "none, l, m, h, vh",
  "tiny, small, medium, large, huge",
  "xxs, xs, s, m, l, xl, xxl|2xl, xxxl|3xl",
  "never, very rarely, rarely|seldom, sometimes|occasionally, often|frequently, very often, always",
  "none|no, mild|slight|minimal, moderate, marked, severe, very severe|critical",
  "none|na, po|poor, fa|fair, ta|typical, gd|good, ex|excellent",
  "terrible, bad, poor, below average, fair|average|ok|okay, above average, good, very good, great, excellent|premium, ideal|perfect|outstanding",
  "strongly disagree, disagree, somewhat disagree|slightly disagree, neutral|neither agree nor disagree|undecided, somewhat agree|slightly agree, agree, strongly agree",
  "very dissatisfied, dissatisfied, neutral, satisfied, very satisfied",
  "very unlikely, unlikely, neutral|neither, likely, very likely",
  "very negative, negative, neutral, positive, very positive",
  "very easy, easy, medium|moderate|normal, hard|difficult, very hard|very difficult",
  "cold, cool, mild, warm, hot",
  "very young, young, middle-aged|middle aged, old|elderly, very old",
  "beginner|novice, intermediate, advanced, expert",
  "entry|junior, mid|middle, senior, lead, principal",
  "bronze, silver, gold, platinum, diamond",
  "none|na, unf, rfn, fin",
  "na, no, mn, av, gd",
  "none|na, unf, lwq, rec, blq, alq, glq",
  "primary|elementary, secondary|high school, bachelor|bachelors|undergraduate, master|masters|graduate, doctorate|phd",
];

const STEPS = LADDERS.map(
  (ladder) =>
    new Map(ladder.split(", ").flatMap((step, rank) => step.split("|").map((word) => [word, rank] as const))),
);
const LEAST = 3; // two words are two values whatever their order

/**
 * The order of values that all belong to one well-known ladder of words, such as low, medium and high; case, hyphens and
 * underscores do not count.
 *
 * @returns the values from the lowest to the highest; undefined for fewer than three, for values of no common ladder, and
 * where two of them are the same step.
 */
export function ladderOf(values: readonly string[]): string[] | undefined {
  if (values.length < LEAST) return undefined;
  const plain = values.map((text) =>
    text
      .toLowerCase()
      .replaceAll(/[\s_-]+/g, " ")
      .trim(),
  );
  for (const steps of STEPS) {
    const ranks = plain.map((text) => steps.get(text) ?? steps.get(text.replaceAll(" ", "-")));
    if (ranks.includes(undefined) || new Set(ranks).size < ranks.length) continue;
    const known = ranks as readonly number[]; // none is undefined
    return values
      .map((_, i) => i)
      .sort((a, b) => known[a]! - known[b]!)
      .map((i) => values[i]!);
  }
  return undefined;
}
