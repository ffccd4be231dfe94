/** What one bench found. */
export interface BenchResult {
  readonly name: string;
  /** Median of ours, in `unit`. */
  readonly ours: number;
  /** Median of the peer, in `unit`. */
  readonly peer: number;
  readonly unit: "ms/step" | "ms/row" | "ms/10k rows" | "ms" | "s" | "MiB" | "share" | "error" | "difference";
  /** peer / ours: above 1 ours is faster. */
  readonly ratio: number;
  /** What was measured against what, with versions. */
  readonly against: string;
  /** Measurements of which this is one or the worst, in the same unit. */
  readonly parts?: readonly BenchPart[];
  /** What else was found, in lines for people. */
  readonly notes?: readonly string[];
}

/** One of several measurements of a bench. */
export type BenchPart = Pick<BenchResult, "name" | "ours" | "peer" | "ratio">;

/** A bench of ours against a peer, both measured in turns. */
export type Bench = (name: string) => Promise<BenchResult>;

/** The peer is not installed: what is missing and how to get it, in one line. */
export class PeerMissing extends Error {}
