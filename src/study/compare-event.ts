/** What a comparison says while it works. */
export type CompareEvent =
  | { readonly type: "stage"; readonly stage: "reading" | "training" | "writing"; readonly detail: string }
  | { readonly type: "notice"; readonly level: "info" | "warning"; readonly text: string }
  | {
      /** A training begins or has ended. */
      readonly type: "begun" | "done";
      /** The variant, or the task of a single-task model, and the seed. */
      readonly what: string;
      readonly seed: number;
      /** Trainings that have ended, those kept from before with them, of all. */
      readonly done: number;
      readonly of: number;
      readonly seconds?: number;
      /** Why it failed, if it did. */
      readonly failed?: string;
    };
