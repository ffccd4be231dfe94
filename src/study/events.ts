/** What a study says while it works; the command line draws these, a library user may listen. */
export type StudyEvent =
  | {
      readonly type: "stage";
      readonly stage: "reading" | "preparing" | "training" | "evaluating" | "writing";
      readonly detail: string;
    }
  | { readonly type: "notice"; readonly level: "info" | "warning"; readonly text: string }
  | {
      /** Rows that are predicted and written. */
      readonly type: "rows";
      readonly done: number;
      /** How many there are, where that is known. */
      readonly of?: number;
    }
  | {
      readonly type: "epoch";
      /** `multi-task`, or the name of the task whose single-task baseline this is. */
      readonly model: string;
      readonly epoch: number;
      /** The most epochs this model may take. */
      readonly epochs: number;
      /** Mean training loss per task over the epoch so far. */
      readonly losses: Readonly<Record<string, number>>;
      /** Validation loss per task, at the end of an epoch only. */
      readonly validation?: Readonly<Record<string, number>>;
    }
  | {
      readonly type: "trained";
      readonly model: string;
      readonly bestEpoch: number;
      /** The epoch that each task keeps, where they are not all one. */
      readonly bestEpochs?: Readonly<Record<string, number>>;
      readonly epochs: number;
      readonly seconds: number;
    };

/** What a caller may watch and stop. */
export interface StudyHooks {
  readonly onEvent?: (event: StudyEvent) => void;
  readonly signal?: AbortSignal;
}
