import type { Box, Diagram, Edge } from "./draw-diagram.js";
import { orderedRanks } from "./draw-ranks.js";

/** A box with its place: left, top, width and height in pixels. */
export interface PlacedBox {
  readonly box: Box;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The drawing inside, whose places count from the box's own corner. */
  readonly inner?: Layout;
}

/** A point in pixels. */
export type Point = readonly [number, number];

/** A line with the points it goes through, from the lower side of a box to the upper side of a lower one. */
export interface PlacedEdge {
  readonly edge: Edge;
  readonly points: readonly Point[];
}

/** A diagram with places. */
export interface Layout {
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

/** Pixels of a line of text, of the room around text, and of a character. */
export const TEXT = { line: 16, pad: 8, character: 7.3 } as const;
const GAP = { side: 18, rank: 46, edge: 10, border: 12 } as const; // pixels between boxes, ranks, passing lines, and to the border

/**
 * Places in ranks from top to bottom: each box below all it depends on, ranks ordered so that few lines cross, lines around
 * boxes.
 *
 * @see Sugiyama, Tagawa & Toda 1981, "Methods for Visual Understanding of Hierarchical System Structures".
 */
export function layout(diagram: Diagram): Layout {
  const inner = diagram.boxes.map((box) => box.inner && layout(box.inner));
  const sizes = diagram.boxes.map((box, i) => sizeOf(box, inner[i]));
  const { ranks, chains, neighbours } = orderedRanks(diagram);
  const widthOf = (item: number): number => sizes[item]?.width ?? 0; // items after the boxes are points of long lines
  const gapOf = (item: number): number => (item < sizes.length ? GAP.side : GAP.edge);
  const centres = centred(ranks, neighbours, widthOf, gapOf);
  const tops: number[] = [];
  let y: number = GAP.border;
  for (const rank of ranks) {
    tops.push(y);
    y += Math.max(0, ...rank.map((item) => sizes[item]?.height ?? 0)) + GAP.rank;
  }
  const left = Math.min(...ranks.flat().map((item) => centres.get(item)! - widthOf(item) / 2));
  const shift = GAP.border - (Number.isFinite(left) ? left : 0);
  const rankOf = new Map(ranks.flatMap((rank, r) => rank.map((item) => [item, r] as const)));
  const boxes = diagram.boxes.map((box, i): PlacedBox => {
    const { width, height } = sizes[i]!;
    const x = centres.get(i)! + shift - width / 2;
    return { box, x, y: tops[rankOf.get(i)!]!, width, height, ...(inner[i] && { inner: inner[i] }) };
  });
  const middle = (item: number): Point => [centres.get(item)! + shift, tops[rankOf.get(item)!]!];
  const bottom = (r: number): number => tops[r + 1]! - GAP.rank;
  const through = (item: number): Point[] => {
    const [x, top] = middle(item);
    return [
      [x, top],
      [x, bottom(rankOf.get(item)!)],
    ];
  };
  const edges = diagram.edges.map((edge, e) => ({ edge, points: chains[e]!.flatMap(through) }));
  const right = Math.max(0, ...ranks.flat().map((item) => centres.get(item)! + shift + widthOf(item) / 2));
  const floors = boxes.map((_, i) => bottom(rankOf.get(i)!));
  return {
    boxes,
    edges: withPorts(edges, boxes, floors),
    width: right + GAP.border,
    height: y - GAP.rank + GAP.border,
  };
}

function sizeOf({ title, lines }: Box, inner: Layout | undefined): { width: number; height: number } {
  const text = Math.max(...[title, ...lines].map(textWidth)) + 2 * TEXT.pad;
  const height = (1 + lines.length) * TEXT.line + 2 * TEXT.pad;
  return { width: Math.max(text, inner?.width ?? 0), height: height + (inner?.height ?? 0) };
}

/** Pixels of a text in a monospaced font; ideographs are twice as wide. */
export function textWidth(text: string): number {
  const columns = Array.from(text, (sign) => (sign.codePointAt(0)! > 0x10ff ? 2 : 1));
  return columns.reduce<number>((sum, width) => sum + width, 0) * TEXT.character;
}

/** Centres that are near those of the neighbours, in the order of each rank and without overlap. */
function centred(
  ranks: readonly (readonly number[])[],
  neighbours: ReadonlyMap<number, readonly number[]>,
  widthOf: (item: number) => number,
  gapOf: (item: number) => number,
): Map<number, number> {
  const centres = new Map<number, number>();
  const distance = (a: number, b: number): number =>
    (widthOf(a) + widthOf(b)) / 2 + Math.max(gapOf(a), gapOf(b));
  const place = (rank: readonly number[], wish: (item: number) => number): void => {
    const offsets = rank.map(() => 0);
    for (let i = 1; i < rank.length; i++) offsets[i] = offsets[i - 1]! + distance(rank[i - 1]!, rank[i]!);
    const fitted = monotone(rank.map((item, i) => wish(item) - offsets[i]!));
    rank.forEach((item, i) => centres.set(item, fitted[i]! + offsets[i]!));
  };
  for (const rank of ranks) place(rank, () => 0);
  const towards = (item: number): number => {
    const near = neighbours.get(item) ?? [];
    if (near.length === 0) return centres.get(item)!;
    return near.reduce((sum, other) => sum + centres.get(other)!, 0) / near.length;
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    for (const rank of sweep % 2 === 0 ? ranks : ranks.toReversed()) place(rank, towards);
  return centres;
}

const SWEEPS = 8; // after these, centres hardly move

/** The nearest sequence that never falls (pool adjacent violators). */
function monotone(wishes: readonly number[]): number[] {
  const pools: { sum: number; count: number }[] = [];
  for (const wish of wishes) {
    let pool = { sum: wish, count: 1 };
    for (
      let last = pools.at(-1);
      last && last.sum / last.count >= pool.sum / pool.count;
      last = pools.at(-1)
    ) {
      pools.pop();
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
}

/** Spreads the ends of lines along the sides of their boxes, in the order of where they lead; `floors`: where ranks end. */
function withPorts(
  edges: readonly PlacedEdge[],
  boxes: readonly PlacedBox[],
  floors: readonly number[],
): PlacedEdge[] {
  const starts = ports(
    edges,
    boxes,
    ({ from }) => from,
    (points) => points[2]!,
  );
  const ends = ports(
    edges,
    boxes,
    ({ to }) => to,
    (points) => points.at(-3)!,
  );
  return edges.map(({ edge, points }, e) => {
    const { y, height } = boxes[edge.from]!;
    const inside = points.slice(2, -2);
    const [start, floor] = [starts[e]!, floors[edge.from]!];
    const down: Point[] = floor > y + height ? [[start, floor]] : []; // past taller boxes beside it
    return { edge, points: [[start, y + height], ...down, ...inside, [ends[e]!, boxes[edge.to]!.y]] };
  });
}

function ports(
  edges: readonly PlacedEdge[],
  boxes: readonly PlacedBox[],
  side: (edge: Edge) => number,
  next: (points: readonly Point[]) => Point,
): number[] {
  const result = edges.map(() => 0);
  boxes.forEach(({ x, width }, b) => {
    const own = edges.flatMap(({ edge }, e) => (side(edge) === b ? [e] : []));
    own.sort((a, c) => next(edges[a]!.points)[0] - next(edges[c]!.points)[0] || a - c);
    own.forEach((e, i) => (result[e] = x + (width * (i + 1)) / (own.length + 1)));
  });
  return result;
}
