import type { Random } from "../../base/random.js";
import type { Split, SplitRequest } from "../splits-request.js";
import type { Column, Table } from "../table.js";
import type { Repeats } from "./repeats.js";

/** How much a finding matters: `serious` makes scores say nothing about new rows, a `warning` should be looked at. */
export type Severity = "info" | "warning" | "serious";

/** Something found in the data, what was done about it and what its user can do. */
export interface Finding {
  /** What it is, as a slug: `gives-away`, `drift`. */
  readonly kind: string;
  readonly columns: readonly string[];
  readonly severity: Severity;
  /** What was found, in words and numbers: a sentence with its full stop. */
  readonly found: string;
  /** What was done about it; `nothing: …` with the reason where nothing was. */
  readonly done: string;
  /** What the user can do, with the option to paste. */
  readonly remedy?: string;
}

/** A target with what its values are. */
export interface FindingTarget {
  readonly column: Column;
  /** True for classes, false for amounts. */
  readonly classes: boolean;
}

/** What findings are made from. Nothing found changes what is trained, but that copies are kept in one part. */
export interface FindingContext {
  readonly table: Table;
  readonly inputs: readonly Column[];
  readonly targets: readonly FindingTarget[];
  /** Links between tasks as the study writes them. */
  readonly links: readonly string[];
  /** Columns that tell which task a row belongs to; none where all tasks are in every row. */
  readonly taskColumns?: readonly Column[];
  /** Rows of equal inputs, where they are known already. */
  readonly repeats?: Repeats;
  /** The parts of the rows and how they came about; absent before rows are divided, when all rows count as training rows. */
  readonly parts?: {
    readonly kind: SplitRequest["kind"];
    readonly split: Split;
    /** True where rows of equal inputs were kept in one part. */
    readonly together?: boolean;
  };
  /** Training rows, ascending. */
  readonly train: Int32Array;
  readonly random: Random;
}

/** Looks for one kind of thing. */
export type Finder = (context: FindingContext) => readonly Finding[];
