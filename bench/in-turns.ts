/**
 * Measures several sides in turns, so that a disturbance meets all of them: one round to warm up, then `rounds` that count.
 *
 * @returns the median of each side.
 */
export async function inTurns(sides: readonly (() => Promise<number>)[], rounds: number): Promise<number[]> {
  const found = sides.map((): number[] => []);
  for (let round = -1; round < rounds; round++)
    for (const [i, side] of sides.entries()) {
      const value = await side();
      if (round >= 0) found[i]!.push(value);
    }
  return found.map(median);
}

/** The middle value; of an even number of values the upper of the two. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1]!;
