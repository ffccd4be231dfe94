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

/** What a method of balancing or sharing says of itself: from it come help, messages and its page. */
export interface MethodBase {
  readonly slug: string;
  /** The method's name as the field writes it. */
  readonly title: string;
  readonly description: string;
  /** In which situation it helps, one sentence without its full stop. */
  readonly helps: string;
  /** The source: authors, year, title. */
  readonly paper: string;
  /** Numbers it can be tuned by, with their defaults. */
  readonly options: Readonly<Record<string, MethodOption>>;
}

/** Values of a method's options by name. */
export type MethodOptions = Readonly<Record<string, number>>;

/** A value for every option of a method: the one given, or its default. */
export const allOptions = (
  { options }: Pick<MethodBase, "options">,
  given: MethodOptions = {},
): MethodOptions =>
  Object.fromEntries(Object.entries(options).map(([name, option]) => [name, given[name] ?? option.default]));
