import { BALANCE_CHOICES } from "./balance-choices.js";
import { DEFAULT_OPTIONS } from "./options.js";
import type { StudyOptions } from "./options.js";
import { TRANSFORM_CHOICES } from "../tasks/transforms/choices.js";
import { BUDGET_SETTINGS } from "./schema-budget.js";
import { ENCODING_SETTINGS } from "./schema-encoding.js";
import type { Setting } from "./schema-setting.js";

export type { Setting, SettingValue } from "./schema-setting.js";

/** Kinds a user may name for a task. `classification` is binary or multiclass, whichever the classes say. */
export const TASK_KINDS = ["regression", "classification", "clustering"] as const;

/** Column types a user may set. */
export const COLUMN_TYPES = [
  "numeric",
  "ordinal",
  "boolean",
  "category",
  "date",
  "embedding",
  "identifier",
  "text",
] as const;

const share = { type: "number", above: 0, below: 1 } as const;

/** Every setting of a study, in the order of the study file. */
export const SETTINGS: readonly Setting[] = [
  {
    path: "data",
    placeholder: "file",
    value: { type: "data" },
    doc: "the table: CSV, TSV, JSON lines or Parquet; or several, as a list of files or a map from name to file, whose rows come one after another",
  },
  {
    path: "tasks",
    flag: "tasks",
    placeholder: "list",
    value: { type: "tasks" },
    doc: "columns to predict, with a kind where it should not be guessed",
    form: "a,b=classification,c=clustering:3",
  },
  {
    path: "tableColumn",
    flag: "table-column",
    placeholder: "name",
    value: { type: "text" },
    doc: "the column that holds the name of each row's table, where several are read and a task or the split names it",
  },
  {
    path: "ignore",
    flag: "ignore",
    placeholder: "columns",
    value: { type: "texts" },
    doc: "columns to leave out",
  },
  {
    path: "types",
    flag: "type",
    placeholder: "col=type",
    value: { type: "types", choices: COLUMN_TYPES },
    doc: "set a column's type, or the order of its words from the lowest to the highest; a * in the name stands for any letters",
    form: "zip=category, cut=Fair<Good<Ideal, emb*=embedding",
  },
  {
    path: "missing",
    flag: "missing",
    placeholder: "spellings",
    value: { type: "missing" },
    doc: "spellings of a missing value beside the empty cell, for all columns or by column",
    form: "NA,? or COLUMN=-1|999",
  },
  {
    path: "decimal",
    flag: "decimal",
    placeholder: "mark",
    value: { type: "choice", choices: ["auto", ".", ","] },
    doc: "the decimal mark of numbers in text; auto: found for each column",
  },
  {
    path: "dates",
    flag: "dates",
    placeholder: "order",
    value: { type: "choice", choices: ["auto", "day-first", "month-first"] },
    doc: "which comes first in dates such as 05/03/2024, where no value of the column tells; auto: as the table's other dates, else they stay text",
  },
  {
    path: "header",
    flag: "header",
    placeholder: "choice",
    value: { type: "choice", choices: ["auto", "yes", "no"] },
    doc: "whether the first row of CSV names the columns; auto: found from the rows",
  },
  {
    path: "delimiter",
    flag: "delimiter",
    placeholder: "sign",
    value: { type: "text" },
    doc: "what divides the cells of CSV: one sign, or comma, semicolon, tab, bar, space; auto: found from the first rows",
  },
  {
    path: "charset",
    flag: "charset",
    placeholder: "name",
    value: { type: "text" },
    doc: "the encoding of CSV, such as windows-1252 or shift_jis; auto: found from the bytes",
  },
  {
    path: "relations",
    flag: "link",
    placeholder: "link",
    value: { type: "texts" },
    doc: "relate two tasks: parent:child, or a~b for two tasks of the same kind",
  },
  ...ENCODING_SETTINGS,
  {
    path: "sharing.architecture",
    flag: "sharing",
    placeholder: "method",
    value: {
      type: "choice",
      choices: [
        "auto",
        "hard",
        "mmoe",
        "cgc",
        "ple",
        "rank-1",
        "film",
        "low-rank",
        "tensor-factorisation",
        "hypernetwork",
        "soft-sharing",
        "cross-stitch",
        "sluice",
        "nddr",
        "mtan",
        "adatt",
        "dselect-k",
        "learning-to-branch",
        "esmm",
        "aitm",
        "output-chain",
      ],
    },
    doc: "how the tasks share the layers between inputs and heads; auto tries some and takes what validation rows speak for",
  },
  {
    path: "sharing.options",
    flag: "sharing-option",
    placeholder: "name=number",
    value: { type: "numbers" },
    doc: "numbers the way of sharing is tuned by, under the names its page gives them",
  },
  {
    path: "sharing.trunk",
    flag: "trunk",
    placeholder: "widths",
    value: { type: "widths" },
    doc: "widths of the shared layers",
  },
  {
    path: "sharing.blocks",
    flag: "blocks",
    placeholder: "kind",
    value: { type: "choice", choices: ["plain", "residual"] },
    doc: "whether a shared layer adds what it reads to what it makes, where both are as wide",
  },
  {
    path: "sharing.initializer",
    flag: "initializer",
    placeholder: "scheme",
    value: { type: "choice", choices: ["fan-in-uniform", "he-normal", "glorot-uniform", "orthogonal"] },
    doc: "how the shared layers' weights start",
  },
  {
    path: "sharing.members",
    flag: "members",
    placeholder: "n",
    value: { type: "number", whole: true, min: 1, max: 64, auto: true },
    doc: "members of the parameter-sharing ensemble; 1 for a plain network",
  },
  {
    path: "sharing.head",
    flag: "head",
    placeholder: "n",
    value: { type: "number", whole: true, min: 0, max: 4096 },
    doc: "width of each task's own hidden layer; 0 for linear heads",
  },
  {
    path: "sharing.tie",
    flag: "tie",
    placeholder: "strength",
    value: { type: "number", min: 0 },
    doc: "strength with which a link a~b holds two heads together",
  },
  {
    path: "balance",
    flag: "balance",
    placeholder: "method",
    value: {
      type: "choice",
      choices: BALANCE_CHOICES,
    },
    doc: "how the tasks are weighted against each other: by their losses, or by their gradients in what they share; auto: equal, or scale-invariant where all targets are numbers with hardly any noise",
  },
  {
    path: "balancing.options",
    flag: "balance-option",
    placeholder: "name=number",
    value: { type: "numbers" },
    doc: "numbers the method of balance is tuned by, under the names its page gives them",
  },
  {
    path: "balancing.heads",
    flag: "balance-heads",
    placeholder: "which",
    value: { type: "choice", choices: ["auto", "own", "weighted"] },
    doc: "what heads receive from a method that weighs gradients: their own, or weighted as in the shared layers; auto is the method's own way",
  },
  {
    path: "sampling.policy",
    flag: "sampling",
    placeholder: "policy",
    value: { type: "choice", choices: ["proportional", "equal", "temperature"] },
    doc: "how often the rows of each task are drawn: every row once an epoch; every task as often; or a task of n labelled rows by n^(1/T)",
  },
  {
    path: "sampling.temperature",
    flag: "temperature",
    placeholder: "T",
    value: { type: "number", min: 1, max: 1000 },
    doc: "T of the sampling policy temperature: 1 is proportional to labelled rows, large values are near equal",
  },
  {
    path: "split.kind",
    flag: "split",
    placeholder: "kind",
    value: { type: "choice", choices: ["random", "stratified", "group", "time", "column"] },
    doc: "how rows are divided: stratified keeps the shares of all targets; group:NAME never parts rows of equal value; time:NAME trains on the oldest rows; column:NAME says train, validation or test",
  },
  {
    path: "split.column",
    placeholder: "name",
    value: { type: "text" },
    doc: "the column that groups, dates or names the parts of the rows, for split kinds group, time and column; never an input",
  },
  {
    path: "split.validation",
    flag: "validation",
    placeholder: "share",
    value: share,
    doc: "share of all rows that decides when training stops",
  },
  {
    path: "split.test",
    flag: "test",
    placeholder: "share",
    value: share,
    doc: "share of all rows that scores and verdicts are computed on, and nothing else",
  },
  {
    path: "split.folds",
    flag: "folds",
    placeholder: "k",
    value: { type: "number", whole: true, min: 0, max: 100 },
    doc: "test every row, by models of k folds that do not train on it: k times all models; 0 for one test part",
  },
  {
    path: "split.repeats",
    flag: "repeats",
    placeholder: "n",
    value: { type: "number", whole: true, min: 1, max: 100 },
    doc: "how often rows are divided into folds anew",
  },
  {
    path: "split.duplicates",
    flag: "duplicates",
    placeholder: "how",
    value: { type: "choice", choices: ["auto", "together", "free"] },
    doc: "whether rows of equal inputs stay in one part of a random or stratified split; auto: where they look like copies",
  },
  {
    path: "stream",
    flag: "stream",
    placeholder: "when",
    value: { type: "choice", choices: ["auto", "always", "never"] },
    doc: "read training rows from the Parquet file while training goes on: auto where the table would not fit in memory",
  },
  {
    path: "seed",
    flag: "seed",
    placeholder: "n",
    value: { type: "number", whole: true, min: 0, max: 4294967295 },
    doc: "seed of every random choice; the same seed gives the same model",
  },
  ...BUDGET_SETTINGS,
];

/** The settings of one task in a study file, under `tasks.<name>`. */
export const TASK_SETTINGS: readonly Setting[] = [
  {
    path: "kind",
    placeholder: "kind",
    value: { type: "choice", choices: TASK_KINDS },
    doc: "regression, classification or clustering; guessed from the column when absent",
  },
  {
    path: "by",
    placeholder: "column",
    value: { type: "text" },
    doc: "the column that tells which task a row belongs to: one task for each of its values; never an input",
  },
  {
    path: "transform",
    placeholder: "transform",
    value: { type: "choice", choices: TRANSFORM_CHOICES },
    doc: "regression: what is done to the labels before they are standardised; auto decides by the training labels",
  },
  {
    path: "clusters",
    placeholder: "n",
    value: { type: "number", whole: true, min: 2, max: 1000, auto: true },
    doc: "clustering: how many groups to find, or auto",
  },
  {
    path: "weight",
    placeholder: "number",
    value: { type: "number", min: 0 },
    doc: "balance fixed, stch and epo: how much the task matters beside the others; 1 when absent",
  },
  {
    path: "reference",
    placeholder: "column",
    value: { type: "text" },
    doc: "clustering: a column of known groups to compare with; never an input",
  },
];

/** The setting at a place of the study file. */
export function settingAt(path: string): Setting | undefined {
  return SETTINGS.find((setting) => setting.path === path);
}

/** The default at a place, read from {@link DEFAULT_OPTIONS}; undefined where there is none. */
export function defaultAt(path: string): unknown {
  return valueAt(DEFAULT_OPTIONS, path);
}

/** The value at a dotted place of a nested object, or undefined. */
export function valueAt(root: unknown, path: string): unknown {
  let value: unknown = root;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

/** A study of which only some settings are given, by a study file, the command line or a program. */
export type PartialStudy = {
  readonly [K in keyof StudyOptions]?: K extends
    | "encoding"
    | "sharing"
    | "balancing"
    | "sampling"
    | "split"
    | "budget"
    ? Partial<StudyOptions[K]>
    : StudyOptions[K];
};
