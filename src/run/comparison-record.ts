/** Mean and standard deviation over seeds; null where there is none. */
export interface SpreadRecord {
  readonly mean: number | null;
  readonly sd: number | null;
}

/** Variants of one study on the same splits, ranked: what `compare.json` holds. Plain data. */
export interface ComparisonRecord {
  readonly format: 1;
  readonly kindred: string;
  readonly name: string;
  readonly created: string;
  /** The study that every variant is laid over, every option with its value. */
  readonly study: Readonly<Record<string, unknown>>;
  readonly seeds: readonly number[];
  readonly data: { readonly source: string; readonly rows: number };
  /** Test rows by rows that the models learned from, by the first seed's split. */
  readonly testShare: number;
  readonly tasks: readonly {
    readonly name: string;
    readonly kind: string;
    readonly metric: string;
    readonly label: string;
    readonly better: "lower" | "higher";
    /** Primary metric of the single-task models. */
    readonly alone: SpreadRecord;
  }[];
  /** The variant that the others are tested against: the first one given. */
  readonly reference: string;
  /** From the best mean rank to the worst. */
  readonly variants: readonly VariantRecord[];
  /** Settings of each variant by its name, as they are laid over the study. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly environment: { readonly node: string; readonly platform: string; readonly workers: number };
  readonly warnings: readonly string[];
}

/** One variant over all seeds. */
export interface VariantRecord {
  readonly name: string;
  /** Mean rank over every task with every seed; 1 is the best there is. */
  readonly meanRank: number;
  /** Δm in percent over seeds, with the corrected interval of its mean. */
  readonly deltaM: SpreadRecord & { readonly low: number | null; readonly high: number | null };
  /** Δm against that of the reference; absent for the reference itself. */
  readonly against?: {
    readonly difference: number | null;
    readonly low: number | null;
    readonly high: number | null;
    readonly p: number | null;
    readonly holm: number | null;
  };
  /** Primary metric of each task, in the order of the tasks. */
  readonly tasks: readonly SpreadRecord[];
  /** Milliseconds of a training step. */
  readonly stepMs: SpreadRecord;
  /** Seconds of a whole training. */
  readonly seconds: SpreadRecord;
  /** Seeds whose training failed. */
  readonly failed: number;
}
