import type { Diagram } from "./draw-diagram.js";

/** Items in ranks: boxes by their numbers, then points where long lines pass a rank. */
export interface Ranks {
  readonly ranks: readonly (readonly number[])[];
  /** For each line, the items it joins, one a rank. */
  readonly chains: readonly (readonly number[])[];
  /** Items joined by a line to the next rank, both ways. */
  readonly neighbours: ReadonlyMap<number, readonly number[]>;
}

/** Ranks by longest way from the top, each in an order that crosses few lines. */
export function orderedRanks({ boxes, edges }: Diagram): Ranks {
  const rankOf = longestWays(boxes.length, edges);
  const ranks: number[][] = Array.from({ length: Math.max(0, ...rankOf.map((rank) => rank + 1)) }, () => []);
  rankOf.forEach((rank, box) => ranks[rank]!.push(box));
  let next = boxes.length;
  const chains = edges.map(({ from, to }) => {
    const chain = [from];
    for (let rank = rankOf[from]! + 1; rank < rankOf[to]!; rank++) {
      ranks[rank]!.push(next);
      chain.push(next++);
    }
    return [...chain, to];
  });
  const [above, below] = [new Map<number, number[]>(), new Map<number, number[]>()];
  for (const chain of chains) {
    for (let i = 1; i < chain.length; i++) {
      link(below, chain[i - 1]!, chain[i]!);
      link(above, chain[i]!, chain[i - 1]!);
    }
  }
  const neighbours = new Map(
    ranks.flat().map((item) => [item, [...(above.get(item) ?? []), ...(below.get(item) ?? [])]] as const),
  );
  return { ranks: uncrossed(ranks, above, below), chains, neighbours };
}

/** Sources stand just above what uses them first, everything else as high as it can. */
function longestWays(count: number, edges: Diagram["edges"]): number[] {
  const into = Array.from({ length: count }, (): number[] => []);
  const out = Array.from({ length: count }, (): number[] => []);
  for (const { from, to } of edges) {
    into[to]!.push(from);
    out[from]!.push(to);
  }
  const ranks = Array.from<number>({ length: count }).fill(0);
  const waiting = into.map(({ length }) => length);
  const ready = waiting.flatMap((left, box) => (left === 0 ? [box] : []));
  for (let i = 0; i < ready.length; i++) {
    const box = ready[i]!;
    for (const to of out[box]!) {
      ranks[to] = Math.max(ranks[to]!, ranks[box]! + 1);
      if (--waiting[to]! === 0) ready.push(to);
    }
  }
  const lowered = ranks.map((rank, box) =>
    into[box]!.length === 0 && out[box]!.length > 0
      ? Math.min(...out[box]!.map((to) => ranks[to]!)) - 1
      : rank,
  );
  return lowered;
}

function link(map: Map<number, number[]>, from: number, to: number): void {
  const known = map.get(from);
  if (known) known.push(to);
  else map.set(from, [to]);
}

const SWEEPS = 12; // down and up; further ones seldom help

/** Sorts each rank by the mean place of its neighbours above, then below, and keeps the best order found. */
function uncrossed(
  ranks: readonly (readonly number[])[],
  above: ReadonlyMap<number, readonly number[]>,
  below: ReadonlyMap<number, readonly number[]>,
): readonly (readonly number[])[] {
  let current = ranks.map((rank) => [...rank]);
  let best = current;
  let fewest = crossings(current, below);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const down = sweep % 2 === 0;
    const sorted = current.map((rank) => [...rank]);
    for (let i = 1; i < sorted.length; i++) {
      const r = down ? i : sorted.length - 1 - i;
      const places = placesOf(sorted[down ? r - 1 : r + 1]!);
      sorted[r] = byMean(sorted[r]!, places, down ? above : below);
    }
    current = sorted;
    const found = crossings(current, below);
    if (found < fewest) [best, fewest] = [current, found];
  }
  return best;
}

const placesOf = (rank: readonly number[]): Map<number, number> => new Map(rank.map((item, i) => [item, i]));

function byMean(
  rank: readonly number[],
  places: ReadonlyMap<number, number>,
  links: ReadonlyMap<number, readonly number[]>,
): number[] {
  const own = placesOf(rank);
  const mean = (item: number): number => {
    const near = links.get(item) ?? [];
    if (near.length === 0) return own.get(item)!;
    return near.reduce((sum, other) => sum + places.get(other)!, 0) / near.length;
  };
  const means = new Map(rank.map((item) => [item, mean(item)]));
  return rank.toSorted((a, b) => means.get(a)! - means.get(b)! || own.get(a)! - own.get(b)!);
}

/** How many pairs of lines between neighbouring ranks cross. */
function crossings(
  ranks: readonly (readonly number[])[],
  below: ReadonlyMap<number, readonly number[]>,
): number {
  let count = 0;
  for (let r = 0; r + 1 < ranks.length; r++) {
    const places = placesOf(ranks[r + 1]!);
    const ends = ranks[r]!.flatMap((item) =>
      (below.get(item) ?? []).map((to) => places.get(to)!).sort((a, b) => a - b),
    );
    count += inversions(ends);
  }
  return count;
}

/** How many pairs stand in the wrong order, by merging. */
function inversions(list: readonly number[]): number {
  if (list.length < 2) return 0;
  const half = list.length >> 1;
  const [a, b] = [list.slice(0, half), list.slice(half)];
  let count = inversions(a) + inversions(b);
  const [left, right] = [a.toSorted((x, y) => x - y), b.toSorted((x, y) => x - y)];
  for (let i = 0, j = 0; i < left.length; i++) {
    while (j < right.length && right[j]! < left[i]!) j++;
    count += j;
  }
  return count;
}
