import { DataError } from "../base/errors.js";
import { seededRandom } from "../base/random.js";
import { type Split, type SplitRequest, columnOfSplit, splitColumnWords, tooFew } from "./splits-request.js";
import { isNumberColumn } from "./table.js";

const SPELLINGS: Readonly<Record<string, keyof Split>> = {
  train: "train",
  training: "train",
  validation: "validation",
  valid: "validation",
  val: "validation",
  dev: "validation",
  test: "test",
};

/**
 * The parts that a column names; without validation rows, the validation share of all rows is taken from the training rows at
 * random.
 *
 * @throws {DataError} for other values than the names of parts, and for a column without train or test rows.
 */
export function splitByColumn(request: SplitRequest): Split {
  const { rows, seed, source } = request;
  const column = columnOfSplit(request);
  const subject = splitColumnWords(column);
  const parts: Record<keyof Split, number[]> = { train: [], validation: [], test: [] };
  const others = new Set<string>();
  for (let row = 0; row < rows; row++) {
    const value = isNumberColumn(column) ? column.numbers[row]! : column.strings[row];
    const text = value === null || value === undefined || Number.isNaN(value) ? "" : String(value);
    const key = text.toLowerCase();
    if (Object.hasOwn(SPELLINGS, key)) parts[SPELLINGS[key]!].push(row);
    else others.add(text === "" ? "missing values" : `"${text}"`);
  }
  if (others.size > 0) {
    const got = [...others].slice(0, 5).join(", ") + (others.size > 5 ? ` and ${others.size - 5} more` : "");
    throw new DataError({ where: source, subject, expected: "train, validation or test in every row", got });
  }
  for (const part of ["train", "test"] as const) {
    if (parts[part].length > 0) continue;
    throw new DataError({
      where: source,
      subject,
      problem: `has no row that says ${part}`,
      fix: "Use a random split instead.",
    });
  }
  const test = Int32Array.from(parts.test);
  if (parts.validation.length > 0) {
    return { train: Int32Array.from(parts.train), validation: Int32Array.from(parts.validation), test };
  }
  const wanted = Math.max(1, Math.round(rows * request.validation));
  const carved = Math.min(wanted, Math.floor(parts.train.length / 2));
  if (carved === 0) throw tooFew(source, `training rows in column "${column.name}"`, parts.train.length, 2);
  const shuffled = seededRandom(seed, "split").shuffle(Int32Array.from(parts.train));
  return { train: shuffled.slice(carved).sort(), validation: shuffled.slice(0, carved).sort(), test };
}
