/** What multi-task learning did to one task. */
export type Verdict = "helped" | "neutral" | "hurt";

/**
 * The verdict on one task: `helped` or `hurt` where the interval of the gain leaves out 0, else `neutral`.
 *
 * An interval that ends exactly at 0, or is NaN because there was nothing to compare, is neutral.
 *
 * @param interval of a gain that is positive where multi-task is better.
 */
export function verdict({ low, high }: { readonly low: number; readonly high: number }): Verdict {
  if (low > 0) return "helped";
  if (high < 0) return "hurt";
  return "neutral";
}
