import { DataError } from "../../base/errors.js";

/** The statement that ran, and the way from its characters to those the user wrote. */
export interface Ran {
  readonly text: string;
  readonly back?: (character: number) => number;
  /** The statement as the user wrote it. */
  readonly own: string;
  /** Lines that stand before it in what was run. */
  readonly linesBefore?: number;
}

/**
 * What the database says about a statement, on one line with the place in it.
 *
 * @param error the database's own words: its kind, the reason, suggestions, and the line with a mark below the place.
 */
export function sqlFault(ran: Ran, error: Error): DataError {
  const lines = error.message.split("\n");
  const reason = lines[0]!.replace(/^(?:[A-Z]\w* )+Error: /, "").replace(/[.!\s]+$/, "");
  const hints = lines
    .slice(1)
    .filter((line) => /^(?:Candidate|Did you mean|HINT|Possible)/i.test(line.trim()));
  const fix = hints
    .map((hint) =>
      hint
        .trim()
        .replaceAll(": : ", ": ")
        .replace(/([^.?!])[.\s]*$/, "$1."),
    )
    .join(" ");
  return faultAt(ran.own, placeIn(ran, lines), { reason, cause: error, ...(fix !== "" && { fix }) });
}

/** The error of a statement at one of its characters. */
export function faultAt(
  own: string,
  character: number | undefined,
  { reason, fix, cause }: { readonly reason: string; readonly fix?: string; readonly cause?: Error },
): DataError {
  const before = own.slice(0, character).split("\n");
  const place = `query line ${before.length}, column ${[...before.at(-1)!].length + 1}`;
  return new DataError(
    {
      where: character === undefined ? "query" : place,
      subject: "the statement",
      problem: `cannot be run: ${reason}`,
      setting: ["data"],
      ...(fix !== undefined && { fix }),
    },
    { cause },
  );
}

/** The character that the mark below the shown line points at; a long line is shown in part. */
function placeIn({ text, back, linesBefore = 0 }: Ran, lines: readonly string[]): number | undefined {
  const at = lines.findIndex((line) => /^LINE \d+: /.test(line));
  const mark = lines[at + 1]?.indexOf("^") ?? -1;
  if (at < 0 || mark < 0) return undefined;
  const [head, number] = /^LINE (\d+): (?:\.\.\.)?/.exec(lines[at]!)!;
  const shown = lines[at]!.slice(head.length).replace(/\.\.\.$/, "");
  const all = text.split("\n");
  const line = Number(number) - 1 - linesBefore;
  const start = head.endsWith("...") ? (all[line]?.indexOf(shown) ?? -1) : 0;
  if (start < 0 || all[line] === undefined) return undefined;
  const character =
    all.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + start + mark - head.length;
  return back ? back(character) : character;
}
