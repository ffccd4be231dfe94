/** What a value of a setting may be. From it come the check, the message, the flag's help and the JSON Schema. */
export type SettingValue =
  | {
      readonly type: "number";
      readonly whole?: boolean;
      readonly min?: number;
      readonly above?: number;
      readonly max?: number;
      readonly below?: number;
      /** True where the word `auto` is allowed too. */
      readonly auto?: boolean;
    }
  | { readonly type: "choice"; readonly choices: readonly string[] }
  | { readonly type: "text" }
  | { readonly type: "texts" }
  | { readonly type: "missing" }
  | { readonly type: "widths" }
  | { readonly type: "numbers" }
  | { readonly type: "types"; readonly choices: readonly string[] }
  | { readonly type: "data" }
  | { readonly type: "tasks" };

/** One thing a study can set: its place in the study file, its flag, its values and what it does. */
export interface Setting {
  /** Place in the study file and in {@link StudyOptions}: `split.validation`. */
  readonly path: string;
  /** Long flag of the command line without dashes; absent where another flag covers it. */
  readonly flag?: string;
  /** What stands for the value in help. */
  readonly placeholder: string;
  readonly value: SettingValue;
  readonly doc: string;
  /** How the flag writes its value, where that differs from the study file. */
  readonly form?: string;
}
