import type { SettingValue } from "./schema.js";

/** What a value must be, in words that fit after "must be". */
export function expectedWords(value: SettingValue): string {
  switch (value.type) {
    case "number":
      return numberWords(value);
    case "choice":
      return orList(value.choices);
    case "text":
      return "a text";
    case "data":
      return "a file, a list of files, or a map from name to file";
    case "texts":
      return "a list of texts";
    case "missing":
      return "a list of texts, or a map from column to a list of texts";
    case "widths":
      return "a list of at most 64 whole numbers, each of at least 1 and at most 65536";
    case "numbers":
      return "a map from name to number";
    case "types":
      return `a map from column to type (${typeWords(value.choices)})`;
    case "tasks":
      return "a list of column names, or a map from column name to settings";
    default:
      return value satisfies never;
  }
}

/** What the type of one column must be. */
export const typeWords = (choices: readonly string[]): string =>
  `${orList(choices)}; or a list of its words from the lowest to the highest`;

/** What one width of a list of widths must be. */
export const widthWords = "a whole number of at least 1 and at most 65536";

/** True if a number or the word `auto` lies in the range of a numeric setting. */
export function inRange(value: SettingValue & { type: "number" }, given: unknown): boolean {
  if (given === "auto") return value.auto === true;
  if (typeof given !== "number" || !Number.isFinite(given)) return false;
  return (
    (!value.whole || Number.isInteger(given)) &&
    given >= (value.min ?? -Infinity) &&
    given <= (value.max ?? Infinity) &&
    given > (value.above ?? -Infinity) &&
    given < (value.below ?? Infinity)
  );
}

/** Joins words as `a, b or c`. */
export function orList(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** Writes a value that came in, short enough for one line. */
export function gotWords(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  const text = typeof value === "object" || typeof value === "string" ? objectText(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** As JSON, or as a bare word what JSON cannot say: a circle, a big integer. */
function objectText(value: object | string): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return Array.isArray(value) ? "a list" : "an object";
  }
}

function numberWords(value: SettingValue & { type: "number" }): string {
  const low =
    value.above !== undefined
      ? `above ${value.above}`
      : value.min !== undefined
        ? `of at least ${value.min}`
        : "";
  const high =
    value.below !== undefined
      ? `below ${value.below}`
      : value.max !== undefined
        ? `at most ${value.max}`
        : "";
  const range = [low, high].filter(Boolean).join(" and ");
  return `a ${value.whole ? "whole " : ""}number${range && ` ${range}`}${value.auto ? ", or auto" : ""}`;
}
