/** A number a method can be tuned by: from it come its check, message, command line flag, help and page. */
export interface MethodOption {
  readonly default: number;
  /** Smallest value allowed. */
  readonly min: number;
  /** Largest value allowed. */
  readonly max: number;
  /** Only whole numbers are allowed. */
  readonly integer?: boolean;
  /** What it is, with its unit and the paper's symbol. */
  readonly doc: string;
}

/** Values of a method's options by name. */
export type MethodOptions = Readonly<Record<string, number>>;

/** A value for every option of a method: the one given, or its default. */
export const allOptions = (
  { options }: { readonly options: Readonly<Record<string, MethodOption>> },
  given: MethodOptions = {},
): MethodOptions =>
  Object.fromEntries(Object.entries(options).map(([name, option]) => [name, given[name] ?? option.default]));
