import type { CleaningNote } from "./cleaning.js";
import { missingNotes, trimmedNote } from "./column-text.js";
import { type KnownNumbers, knownNumbers } from "./known-numbers.js";
import { listedNumbers } from "./missing.js";
import type { RawTextColumn } from "./raw-table.js";
import { isMissingNumber } from "./spellings.js";

/** Numbers of a text column whose other cells are missing, and the notes that its cells would have given. */
export interface NumbersAmongMissing {
  readonly numbers: Float64Array;
  readonly notes: readonly CleaningNote[];
}

/**
 * The numbers of a text column where they are known without its cells and every other cell is missing: empty, a spelling such as `NA`,
 * or one that is listed.
 *
 * @returns undefined for any other column, and where a number is listed as missing: how it is written then matters.
 */
export function numbersAmongMissing(
  column: RawTextColumn,
  missing: ReadonlySet<string>,
): NumbersAmongMissing | undefined {
  const known = knownNumbers(column);
  if (known === undefined || !othersAreMissing(known, missing)) return undefined;
  const { numbers, others, trimmed } = known;
  const listed = Float64Array.from(listedNumbers(missing).keys());
  if (listed.length > 0 && holdsAny(numbers, listed)) return undefined;
  const inOrder = [...others];
  return {
    numbers,
    notes: [
      ...(trimmed > 0 ? [trimmedNote(column.name, trimmed)] : []),
      ...missingNotes(column.name, new Map(inOrder.filter(([text]) => missing.has(text)))),
      ...missingNotes(column.name, new Map(inOrder.filter(([text]) => !missing.has(text)))),
    ],
  };
}

/**
 * As `numbersAmongMissing` for rows of a fitted model, where nothing is noted: numbers that are listed as missing are NaN.
 *
 * @returns numbers of their own.
 */
export function codedNumbers(column: RawTextColumn, missing: ReadonlySet<string>): Float64Array | undefined {
  const known = knownNumbers(column);
  if (known === undefined || !othersAreMissing(known, missing)) return undefined;
  const numbers = known.numbers.slice();
  const listed = Float64Array.from(listedNumbers(missing).keys());
  if (listed.length > 0)
    for (let row = 0; row < numbers.length; row++)
      if (isAny(numbers[row]!, listed)) numbers[row] = Number.NaN;
  return numbers;
}

const othersAreMissing = ({ others }: KnownNumbers, missing: ReadonlySet<string>): boolean =>
  [...others.keys()].every((text) => missing.has(text) || isMissingNumber(text));

function holdsAny(numbers: Float64Array, listed: Float64Array): boolean {
  for (let row = 0; row < numbers.length; row++) if (isAny(numbers[row]!, listed)) return true;
  return false;
}

function isAny(x: number, listed: Float64Array): boolean {
  for (let i = 0; i < listed.length; i++) if (x === listed[i]) return true;
  return false;
}
