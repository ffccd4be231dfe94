/**
 * The plain record of a run: what `record.json` holds, what the report reads. Everything a later command or a page needs
 * to know about a run, and nothing it could compute itself.
 */
export interface RunRecord {
  readonly format: 1;
  readonly kindred: string;
  readonly name: string;
  /** ISO 8601; the only value of the clock besides durations. */
  readonly created: string;
  readonly seed: number;
  /** The study as resolved: every option with its value. */
  readonly study: Readonly<Record<string, unknown>>;
  readonly environment: {
    /** Version of Node; `none` in a page. */
    readonly node: string;
    /** Operating system and processor; in a page what the browser calls itself. */
    readonly platform: string;
    readonly runtime: string;
    readonly reason: string;
    readonly workers: number;
  };
  readonly data: DataRecord;
  readonly tasks: readonly TaskRecord[];
  readonly links: readonly LinkRecord[];
  /** Cosine of the task vectors after training, `[T, T]`. */
  readonly relations: { readonly tasks: readonly string[]; readonly cosine: readonly (readonly number[])[] };
  /** With which weights tasks mix what is shared, for a way of sharing that mixes; absent in records of earlier versions. */
  readonly mixtures?: readonly MixtureRecord[];
  readonly model: {
    readonly parameters: number;
    readonly members: number;
    readonly trunk: readonly number[];
    /** A trunk of other layers than plain ones. */
    readonly blocks?: string;
    /** What is made of numbers beside themselves, where that is not their place among bins. */
    readonly numbers?: string;
    /** How tasks share the trunk; absent in records of earlier versions, which shared all of it. */
    readonly sharing?: string;
    /** Methods that were left to be chosen: what each became, and why. */
    readonly choices?: readonly {
      readonly setting: string;
      readonly chosen: string;
      readonly reason: string;
    }[];
    readonly balancer: string;
    readonly optimizer: string;
    readonly inputs: readonly {
      readonly name: string;
      readonly type: string;
      readonly features: number;
      readonly onnx: "float" | "double" | "string";
      /** A usual value as it stands in the data, for examples of use. */
      readonly example?: number | string;
    }[];
  };
  readonly training: {
    /** How often the rows of each task were drawn; absent in records of earlier versions. */
    readonly sampling?: SamplingRecord;
    readonly multi: TrainingRecord;
    readonly single: Readonly<Record<string, TrainingRecord>>;
  };
  readonly evaluation: EvaluationRecord;
  /** Lines that must be read: leaks, doubtful columns, what was set aside. */
  readonly warnings: readonly string[];
}

/** Weights of one mixture: how much of each thing its readers read, as means over rows. */
export interface MixtureRecord {
  readonly name: string;
  readonly readers: readonly string[];
  readonly choices: readonly string[];
  /** A line for each reader, an entry for each choice; a line sums to 1. */
  readonly weights: readonly (readonly number[])[];
}

/** The data as read, cleaned and divided. */
export interface DataRecord {
  readonly source: string;
  readonly rows: number;
  readonly columns: readonly ColumnRecord[];
  /** What was found in the data, the gravest first, and what was done about it; absent in records of earlier versions. */
  readonly findings?: readonly FindingRecord[];
  /** What cleaning did, in records of earlier versions. */
  readonly cleaning?: readonly {
    readonly column: string;
    readonly action: string;
    readonly detail: string;
  }[];
  readonly split: {
    readonly how: string;
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    /** For a streamed table how many rows of each part were in memory: encoders are fitted, models validated and tested on these. */
    readonly inMemory?: { readonly train: number; readonly validation: number; readonly test: number };
  };
}

/** One thing found in the data. */
export interface FindingRecord {
  /** What it is, as a slug. */
  readonly kind: string;
  readonly columns: readonly string[];
  readonly severity: "info" | "warning" | "serious";
  readonly found: string;
  readonly done: string;
  /** What the user can do. */
  readonly remedy?: string;
}

/** One column of the data and the part it plays. Counts are of all rows. */
export interface ColumnRecord {
  readonly name: string;
  readonly type: string;
  readonly role: "input" | "target" | "reference" | "task column" | "set aside" | "ignored" | "split";
  readonly missing: number;
  readonly distinct: number;
  /** "min … max, mean m" for numbers, the commonest values for categories. */
  readonly summary: string;
  /** Why it is in this role, when that needs a word. */
  readonly note?: string;
}

/** One task as it was set or detected. */
export interface TaskRecord {
  readonly name: string;
  readonly kind: "regression" | "binary" | "multiclass" | "clustering";
  /** Classes or cluster names. */
  readonly classes?: readonly string[];
  readonly reference?: string;
  /** For a task that is part of a target: the target, and the value of the task column in its rows. */
  readonly part?: TaskPart;
  readonly labelled: { readonly train: number; readonly validation: number; readonly test: number };
  /** The labels of each part; absent for clustering and in records of earlier versions. */
  readonly balance?: {
    readonly train: LabelBalance;
    readonly validation: LabelBalance;
    readonly test: LabelBalance;
  };
  /** The scale on which labels were learned and how predictions are mapped back; absent where labels are as they are. */
  readonly transform?: string;
  /** How the kind was decided: "set" or why it was detected. */
  readonly because: string;
}

/** The rows of a target's column that are one task. */
export interface TaskPart {
  readonly target: string;
  readonly by: string;
  readonly value: string;
}

/** What the labels of one part are: the mean of numbers, or the share of each class in the order of the task's classes. */
export interface LabelBalance {
  /** NaN without a label. */
  readonly mean?: number;
  /** In [0, 1]; all 0 without a label. */
  readonly shares?: readonly number[];
}

/** One link between two tasks. */
export interface LinkRecord {
  readonly kind: "parent-child" | "same-kind";
  readonly from: string;
  readonly to: string;
  /** What the link does to the model, in words. */
  readonly effect: string;
}

/** How rows were drawn, and what that means for each task in an epoch of the shared model. */
export interface SamplingRecord {
  readonly policy: string;
  /** For the policy `temperature`. */
  readonly temperature?: number;
  /** Labelled training rows, labelled rows expected in the batches of an epoch, and their share over tasks. */
  readonly tasks: Readonly<
    Record<string, { readonly labelled: number; readonly visits: number; readonly share: number }>
  >;
}

/** How the training of one model went. */
export interface TrainingRecord {
  /** Loss per task after each epoch, on training batches and on validation rows; NaN is written as null. */
  readonly epochs: readonly {
    readonly epoch: number;
    readonly train: Readonly<Record<string, number | null>>;
    readonly validation: Readonly<Record<string, number | null>>;
  }[];
  /** The epoch whose parameters were kept: where tasks keep their own, the one of the most tasks. */
  readonly bestEpoch: number;
  /** The epoch that each task keeps, where they are not all one. */
  readonly bestEpochs?: Readonly<Record<string, number>>;
  readonly steps: number;
  readonly seconds: number;
  /**
   * How far the tasks' gradients in what they share pointed against each other, as means over steps: the share of pairs with a
   * negative cosine, and the smallest cosine. Where the balancer read them.
   */
  readonly conflict?: { readonly share: number; readonly smallest: number };
}

/** All tasks on test rows, together against alone. `level` in (0, 1) is that of the intervals. */
export interface EvaluationRecord {
  readonly tasks: readonly TaskEvaluation[];
  /**
   * Mean over tasks of the relative gain of the primary metric in percent, signed so that higher means multi-task is
   * better.
   */
  readonly deltaM: { readonly percent: number; readonly better: "higher" };
  readonly level: number;
  readonly resamples: number;
  /** Where rows were tested in folds: the values above are of all out-of-fold predictions together. */
  readonly folds?: FoldsRecord;
}

/** How each fold of a cross-validation did on its own rows. */
export interface FoldsRecord {
  readonly count: number;
  readonly repeats: number;
  readonly each: readonly {
    /** From 0. */
    readonly repeat: number;
    /** From 0. */
    readonly fold: number;
    readonly rows: number;
    /** In percent. */
    readonly deltaM: number;
    /** Gain of each task in its primary metric, signed so that positive is better. */
    readonly gains: Readonly<Record<string, number>>;
  }[];
}

/** One task on test rows: the multi-task model against the single-task baseline. */
export interface TaskEvaluation {
  readonly task: string;
  readonly primary: { readonly metric: string; readonly label: string; readonly better: "lower" | "higher" };
  /** Every metric in the order it is shown, when labels and directions are known. */
  readonly metrics?: readonly {
    readonly metric: string;
    readonly label: string;
    readonly better: "lower" | "higher";
  }[];
  readonly multi: Readonly<Record<string, number | null>>;
  readonly single: Readonly<Record<string, number | null>>;
  /** Gain of multi-task over single-task in the primary metric, signed so that positive is better; bootstrap interval. */
  readonly gain: {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly percent: number;
  };
  readonly verdict: "helped" | "neutral" | "hurt";
  readonly testRows: number;
  readonly plot: EvaluationPlot;
}

/** Points a report draws for one task, from test rows of the multi-task model. */
export type EvaluationPlot =
  | {
      readonly type: "confusion";
      readonly classes: readonly string[];
      readonly matrix: readonly (readonly number[])[];
    }
  | { readonly type: "scatter"; readonly truth: readonly number[]; readonly predicted: readonly number[] }
  | {
      readonly type: "clusters";
      readonly sizes: readonly number[];
      /** Reference classes × clusters, when a reference was named. */
      readonly reference?: {
        readonly classes: readonly string[];
        readonly matrix: readonly (readonly number[])[];
      };
    };
