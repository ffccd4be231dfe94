/** The parts of an error message: data first, the sentence is made from them in one place. */
export interface ErrorParts {
  /** Where it happened: a command, a file with its line, a layer. */
  readonly where: string;
  /** What is wrong: an option, a column, a tensor. */
  readonly subject: string;
  /** What was expected, as it fits after "must be" (or a whole clause when `problem` is absent). */
  readonly expected?: string;
  /** What came instead. */
  readonly got?: string;
  /** A whole clause that replaces "must be … , got …" where that form reads badly. */
  readonly problem?: string;
  /** How to mend it: a whole sentence with its full stop. */
  readonly fix?: string;
  /** Keys from the root of a study to the setting at fault, where one is: a study file then names its line. */
  readonly setting?: readonly string[];
}

const LONGEST = 400; // characters of one part of a message; data may hold names and values of any length

/** Writes `<where>: <subject> must be <expected>, got <got>. <fix>` on one line; parts of more than 400 signs are cut. */
export function sentence(parts: ErrorParts): string {
  const { expected, got, problem } = parts;
  const clause =
    problem === undefined
      ? [expected && `must be ${cut(expected)}`, got !== undefined && `got ${cut(got)}`]
          .filter(Boolean)
          .join(", ")
      : cut(problem);
  const first = `${cut(parts.where)}: ${cut(parts.subject)} ${clause}.`;
  return [first, parts.fix && cut(parts.fix)]
    .filter(Boolean)
    .join(" ")
    .replaceAll(/\s*[\r\n]+\s*/g, " ");
}

/** A text in full, or its beginning and its end with what was left out between them marked. */
function cut(text: string): string {
  if (text.length <= LONGEST) return text;
  const [begin, end] = [text.slice(0, LONGEST / 2), text.slice(-LONGEST / 2)];
  return `${begin.replace(/[\ud800-\udbff]$/, "")}…${end.replace(/^[\udc00-\udfff]/, "")}`; // no half of a sign
}

/** Base of every error Kindred raises on purpose. `exitCode` is what the command line exits with. */
export class KindredError extends Error {
  /** Written out in each class, because bundlers of pages shorten the names of classes. */
  override readonly name: string = "KindredError";
  readonly parts: ErrorParts;
  readonly exitCode: 2 | 70 = 70;

  constructor(parts: ErrorParts, options?: { cause?: unknown }) {
    super(sentence(parts), options);
    this.parts = parts;
  }
}

/** A user's mistake in options, a study file or arguments. */
export class ConfigError extends KindredError {
  override readonly name = "ConfigError";
  override readonly exitCode = 2;
}

/** Data that cannot be used as it is: a file, a row, a column, a model folder. */
export class DataError extends KindredError {
  override readonly name = "DataError";
  override readonly exitCode = 2;
}

/** Shapes that do not fit, found while a graph is traced. */
export class ShapeError extends KindredError {
  override readonly name = "ShapeError";
}

/** A number that stopped being finite, or a computation that cannot be done. */
export class NumericError extends KindredError {
  override readonly name = "NumericError";
}

/** The tensor runtime failed or is not there. */
export class RuntimeFailure extends KindredError {
  override readonly name = "RuntimeFailure";
}
