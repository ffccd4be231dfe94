import type { Normalisation } from "../data/encoders/normalisation.js";
import type { CategoryCoding } from "../data/fit-encoding.js";
import type { InspectOptions } from "../data/inspect.js";
import type { TypeSetting } from "../data/table.js";
import type { SharingSlug } from "../model/sharing/index.js";
import type { BalancerSlug } from "../training/balancers/index.js";
import type { TransformChoice } from "../tasks/transforms/choices.js";
import type { MissingSpellings } from "../data/missing.js";
import type { DataNames } from "./data-names.js";

/** What a user may say about one task. */
export interface TaskOptions {
  readonly kind?: "regression" | "classification" | "clustering";
  /**
   * The column that tells which task a row belongs to: the target becomes one task for each of its values, each with labels in
   * its own rows only. Never an input.
   */
  readonly by?: string;
  /**
   * Regression: what is done to the labels before they are standardised; predictions are mapped back without bias. `auto`,
   * the default, decides by the training labels.
   */
  readonly transform?: TransformChoice;
  /** Clustering: number of clusters, or `auto` to choose it by silhouette. */
  readonly clusters?: number | "auto";
  /** What the task weighs where the balance reads weights (`fixed`, `stch`, `epo`); 1 when absent. With a task column, for each of its tasks. */
  readonly weight?: number;
  /** Clustering: a column of known groups to compare with; never an input. */
  readonly reference?: string;
}

/** How rows are divided. Shares are of all rows. */
export interface SplitOptions {
  readonly kind: "random" | "stratified" | "group" | "time" | "column";
  /**
   * Never an input. For `group`: rows of equal value stay in one part; for `time`: dates or numbers, the oldest rows train and the
   * newest test; for `column`: its values are `train`, `validation` (optional) and `test`.
   */
  readonly column?: string;
  readonly validation: number;
  readonly test: number;
  /** Every row is tested, by models of k folds that do not train on it; 0 for one test part. Not 1. */
  readonly folds?: number;
  /** How often rows are divided into folds anew. */
  readonly repeats?: number;
  /**
   * For `random` and `stratified`: whether rows of equal inputs stay in one part. `auto`, the default: where they look like
   * copies of each other rather than like rows of usual values.
   */
  readonly duplicates?: "auto" | "together" | "free";
}

/** The kinds of split that read a column. */
export const COLUMN_SPLITS: readonly SplitOptions["kind"][] = ["group", "time", "column"];

/** The column that a split reads; undefined for kinds that read none. */
export function splitColumn({ kind, column }: Pick<SplitOptions, "kind" | "column">): string | undefined {
  return COLUMN_SPLITS.includes(kind) ? column : undefined;
}

/** How columns become features. */
export interface InputCodingOptions {
  /**
   * Categories: `one-hot`, a place for each level; `target`, statistics of the tasks' labels; `hashing`, few buckets;
   * `auto`, one-hot up to 50 levels, else target, or hashing in a study without targets.
   */
  readonly category: CategoryCoding;
  /** How numeric and ordinal inputs are brought to one scale. */
  readonly normalisation: Normalisation;
  /**
   * What is made of numeric and ordinal inputs beside the number itself: `piecewise`, the place among bins of training values;
   * `periodic`, learned waves (`model/periodic-numbers`); `auto`, the one that validation rows speak for.
   */
  readonly numbers: "piecewise" | "periodic" | "auto";
  /** Periodic numbers: learned frequencies of each number. */
  readonly frequencies: number;
  /** Periodic numbers: the deviation of the frequencies at the start. */
  readonly frequencyScale: number;
  /** Periodic numbers: features made of each number's waves; fewer where there are very many numbers. */
  readonly frequencyWidth: number;
}

/** What is shared and how large it is. `auto` values follow the number of training rows. */
export interface SharingOptions {
  /** How tasks share the trunk: which of the sharing architectures; `auto`: the one that validation rows speak for. */
  readonly architecture: SharingSlug | "auto";
  /** Values of the architecture's own options by name; its defaults where absent. */
  readonly options: Readonly<Record<string, number>>;
  /** Widths of the shared trunk's layers. */
  readonly trunk: readonly number[];
  /** Of what layers the trunk is made: `residual` adds what a layer reads to what it makes, where both are as wide. */
  readonly blocks: "plain" | "residual";
  /** How the trunk's weights start. */
  readonly initializer: "fan-in-uniform" | "he-normal" | "glorot-uniform" | "orthogonal";
  /** Members of the parameter-sharing ensemble (BatchEnsemble); 1 for a plain multilayer perceptron. */
  readonly members: number | "auto";
  /** Width of each task's own hidden layer; 0 for linear heads. */
  readonly head: number;
  /** Strength of the penalty that a same-kind link `a~b` puts on the two heads' difference. */
  readonly tie: number;
}

/** How long and how training goes. */
export interface BudgetOptions {
  readonly epochs: number | "auto";
  readonly patience: number | "auto";
  /**
   * What must stop improving before training stops: the mean validation loss, or also the losses of tasks that may still lower it; `auto`:
   * each below 1000 training rows and where tasks keep epochs of their own.
   */
  readonly monitor: "auto" | "mean" | "each";
  /**
   * `together`: all tasks keep the epoch with the best mean validation loss; `per-task`: a task keeps its own best one where its
   * loss is lower there by more than two standard errors, at the price of a copy of the parameters, in memory and in the model
   * file, and of a second training for each distinct epoch.
   */
  readonly stopping: "together" | "per-task";
  readonly batch: number | "auto";
  readonly optimizer: "adam" | "adamw" | "adagrad" | "lion" | "muon" | "rmsprop" | "sgd";
  readonly learningRate: number | "auto";
  readonly weightDecay: number;
  readonly warmup: number;
  readonly clip: number;
  /** Share of trunk outputs dropped; `auto`: 0.1, or none where targets have hardly any noise. */
  readonly dropout: number | "auto";
  /** Decay, per step, of a moving average of the parameters that is validated and kept instead of them; 0 for none. */
  readonly average: number;
  /** Train once more with the validation rows for the best number of epochs; `auto`: while no task has 20,000 labelled training rows. */
  readonly refit: "auto" | "always" | "never";
}

/** How often the rows of each task are drawn in training. */
export interface SamplingOptions {
  /** `proportional`: every row once an epoch; `equal`: every task as often; `temperature`: in between. */
  readonly policy: "proportional" | "equal" | "temperature";
  /** T of `temperature`: a task of n labelled rows is drawn in proportion to n^(1/T). */
  readonly temperature: number;
}

/** A study, every option with its value: what `study.yaml` and the command line both resolve to. */
export interface StudyOptions {
  readonly data: DataNames;
  /** The column that holds the name of each row's table, where several tables are read and a task or the split names it. */
  readonly tableColumn: string;
  readonly tasks: Readonly<Record<string, TaskOptions>>;
  readonly ignore: readonly string[];
  /**
   * Column types set by hand; a list is the order of an ordinal of words, and a `*` in a name that no column has stands for any
   * letters.
   */
  readonly types: Readonly<Record<string, TypeSetting>>;
  /** Spellings of a missing value beside the empty cell: for all columns, or by column with those for all under `*`. */
  readonly missing: MissingSpellings;
  /** The decimal mark of numbers in text; `auto`: found for each column. */
  readonly decimal: "auto" | "." | ",";
  /** Which of day and month comes first in dates whose values leave that open; `auto`: found for each column. */
  readonly dates: "auto" | "day-first" | "month-first";
  /** Whether the first row of delimited text names the columns; `auto`: found from the rows. */
  readonly header: "auto" | "yes" | "no";
  /** What divides the cells of delimited text: one sign, or comma, semicolon, tab, bar, space; `auto`: found from its first rows. */
  readonly delimiter: string;
  /** The encoding of delimited text, by its name in the Encoding Standard; `auto`: found from its bytes. */
  readonly charset: string;
  /** Links: `parent:child` or `a~b`. */
  readonly relations: readonly string[];
  readonly encoding: InputCodingOptions;
  readonly sharing: SharingOptions;
  /** How tasks are weighted against each other; `auto`: the method that validation rows speak for. */
  readonly balance: BalancerSlug | "auto";
  readonly balancing: BalancingOptions;
  readonly sampling: SamplingOptions;
  readonly split: SplitOptions;
  /** Whether training rows are read from the file while training goes on; `auto`: where the table would not fit in memory. */
  readonly stream: "auto" | "always" | "never";
  readonly budget: BudgetOptions;
  readonly seed: number;
}

/** How the method of balancing is tuned. */
export interface BalancingOptions {
  /** Values of the method's own options by name; its defaults where absent. */
  readonly options: Readonly<Record<string, number>>;
  /** What heads receive from a method that weighs gradients; `auto`: what it says of itself. */
  readonly heads: "auto" | "own" | "weighted";
}

/** What a study says about how its text is written, for reading it. */
export function textOptionsOf({
  header,
  delimiter,
  charset,
}: Pick<StudyOptions, "header" | "delimiter" | "charset">): {
  readonly header?: "yes" | "no";
  readonly delimiter?: string;
  readonly encoding?: string;
} {
  return {
    ...(header !== "auto" && { header }),
    ...(delimiter !== "auto" && { delimiter }),
    ...(charset !== "auto" && { encoding: charset }),
  };
}

/** What a study says about the types and the values of its columns. */
export const inspectOptionsOf = ({
  types,
  missing,
  decimal,
  dates,
}: Pick<StudyOptions, "types" | "missing" | "decimal" | "dates">): InspectOptions => ({
  types,
  missing,
  ...(decimal !== "auto" && { decimal }),
  ...(dates !== "auto" && { dates }),
});

/** The defaults of everything but the data and its tasks. */
export const DEFAULT_OPTIONS: Omit<StudyOptions, "data" | "tasks"> = {
  tableColumn: "table",
  ignore: [],
  types: {},
  missing: [],
  decimal: "auto",
  dates: "auto",
  header: "auto",
  delimiter: "auto",
  charset: "auto",
  relations: [],
  encoding: {
    category: "auto",
    normalisation: "standard",
    numbers: "piecewise",
    frequencies: 24,
    frequencyScale: 0.05,
    frequencyWidth: 12,
  },
  sharing: {
    architecture: "hard",
    options: {},
    trunk: [128, 128],
    blocks: "plain",
    initializer: "fan-in-uniform",
    members: "auto",
    head: 0,
    tie: 0.01,
  },
  balance: "auto",
  balancing: { options: {}, heads: "auto" },
  sampling: { policy: "proportional", temperature: 5 },
  split: { kind: "random", validation: 0.16, test: 0.2, folds: 0, repeats: 1, duplicates: "auto" },
  stream: "auto",
  budget: {
    epochs: "auto",
    patience: "auto",
    monitor: "auto",
    stopping: "together",
    batch: "auto",
    optimizer: "adamw",
    learningRate: "auto",
    weightDecay: 3e-4,
    warmup: 0.02,
    clip: 1,
    dropout: "auto",
    average: 0,
    refit: "auto",
  },
  seed: 0,
};
