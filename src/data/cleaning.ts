/** What cleaning did to a column. */
export type CleaningAction =
  | "named"
  | "sorted"
  | "absent"
  | "read as written"
  | "trimmed blanks"
  | "taken as missing"
  | "doubtful numbers"
  | "doubtful dates"
  | "set aside"
  | "dropped"
  | "merged rare levels"
  | "imputed"
  | "coded";

/** One finding of cleaning, as the run's record holds it. */
export interface CleaningNote {
  /** The column's name; the empty string for what concerns the whole table. */
  readonly column: string;
  readonly action: CleaningAction;
  /** What was done to how many values, in words. */
  readonly detail: string;
}

/** A value as messages show it: in double quotes, control characters escaped, cut after 60 characters. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);

/** `1 row`, `1,234 rows`: a count with its noun. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count.toLocaleString("en-US")} ${count === 1 ? noun : plural}`;

/** Notes that a column is dropped, and why; undefined, for the caller to hand on. */
export function dropped(notes: CleaningNote[], column: string, detail: string): undefined {
  notes.push({ column, action: "dropped", detail });
  return undefined;
}
