import { DataError } from "../base/errors.js";
import { type CleaningNote, quoted } from "./cleaning.js";
import {
  checkedNumbers,
  plainNumbers,
  readNumbers,
  type TextValues,
  textValues,
  withMissing,
} from "./column-text.js";
import { type ColumnReading, type DecimalContext, pointIsDecimalIn, readingFor } from "./column-reading.js";
import { decideNumbers, decideText, type TypeDecision } from "./column-type.js";
import { ladderOf } from "./ladders.js";
import { numbersAmongMissing } from "./numbers-among-missing.js";
import {
  placeOf,
  type RawColumn,
  type RawNumberColumn,
  type RawTable,
  type RawTextColumn,
} from "./raw-table.js";
import { hasLeadingZero, isMissingNumber, isNumber, readBoolean, writeDate } from "./spellings.js";
import type { Column, ColumnType, NumberColumn, StringColumn, TypeSetting } from "./table.js";

/** A column with a type, and why. */
export interface TypedColumn {
  readonly column: Column;
  readonly why: string;
  /** How its text was read where that is not plain. */
  readonly reading?: ColumnReading | undefined;
}

/** What typing a column needs beside its values. */
export interface TypingContext {
  readonly table: RawTable;
  /** Spellings of a missing value beside the empty cell. */
  readonly missing: ReadonlySet<string>;
  /** What the user set; undefined where the values decide. */
  readonly declared: TypeSetting | undefined;
  readonly cleaning: CleaningNote[];
  readonly decimals: DecimalContext;
  /** How its text is read, where a model knows. */
  readonly reading: ColumnReading | undefined;
}

/**
 * Reads a column by the type that is set for it, or by that which its values have.
 *
 * @throws {DataError} for infinite values, and values that a declared type or order cannot hold.
 */
export function typedColumn(raw: RawColumn, context: TypingContext): TypedColumn {
  return raw.kind === "text" ? typedText(raw, context) : typedNumbers(raw, context);
}

function typedText(raw: RawTextColumn, context: TypingContext): TypedColumn {
  const { table, missing, declared, cleaning, decimals } = context;
  const { name } = raw;
  const mayBePlain =
    declared === undefined ||
    declared === "category" ||
    (declared === "numeric" && missing.size === 0 && !context.reading);
  const numbers = mayBePlain ? plainNumbers(raw) : undefined;
  if (numbers && (declared === "category" || pointIsDecimalIn(raw, numbers, decimals)))
    return typedNumbers({ name, kind: "number", numbers }, context);
  const among = typedAmongMissing(raw, context);
  if (among) return among;
  const values = textValues(table, raw, missing, cleaning);
  const decision =
    declared === undefined ? decideText(values, cleaning, decimals) : declaredText(values, declared, context);
  const { type, why, isMissing, order } = decision;
  const kept = isMissing ? withMissing(values, isMissing, cleaning) : values;
  if (isNumberType(type) && !order) {
    const { reading } = decision;
    const read = readNumbers(kept, { type, reading, missing }, cleaning);
    return { column: { name, type, numbers: read }, why, reading };
  }
  if (order) return { column: { name, type: "ordinal", strings: kept.cells, order }, why };
  const text = type as StringColumn["type"]; // what is left of the types
  if (text === "category" && areNumbers(kept)) {
    const strings = kept.cells.map((cell) => (cell === null ? null : String(Number(cell))));
    return { column: { name, type: text, strings, codes: true }, why };
  }
  return { column: { name, type: text, strings: kept.cells }, why };
}

const OF_NUMBERS: readonly unknown[] = [undefined, "category", "numeric", "ordinal", "embedding"];

/** A text column of numbers and missing cells, the same as from its cells; undefined where these are needed. */
function typedAmongMissing(raw: RawTextColumn, context: TypingContext): TypedColumn | undefined {
  const { missing, declared, cleaning, decimals, reading } = context;
  const { name } = raw;
  if (!OF_NUMBERS.includes(declared) || reading) return undefined;
  const found = numbersAmongMissing(raw, missing);
  if (found === undefined) return undefined;
  const { numbers, notes } = found;
  const asksMark = declared === undefined || declared === "numeric";
  if (asksMark && !pointIsDecimalIn(raw, numbers, decimals, missing)) return undefined;
  const decided = declared === undefined ? decideNumbers(name, numbers) : undefined;
  if (decided?.type === "identifier") return undefined; // its values stay as they are written
  cleaning.push(...notes);
  return typedNumbers({ name, kind: "number", numbers }, context, decided);
}

function typedNumbers(raw: RawNumberColumn, context: TypingContext, decided?: TypeDecision): TypedColumn {
  const { table, missing, declared, cleaning } = context;
  const { name, kind } = raw;
  const numbers = checkedNumbers(table, raw, missing, cleaning);
  const { type, why, order } =
    declared !== undefined
      ? declaredNumbers(table, { ...raw, numbers }, declared)
      : kind === "number"
        ? (decided ?? decideNumbers(name, numbers))
        : ({ type: kind, why: "" } as TypeDecision);
  if (isNumberType(type) && !order) return { column: { name, type, numbers }, why };
  const strings = numbersAsText({ ...raw, numbers });
  if (order) return { column: { name, type: "ordinal", strings, order }, why };
  const text = type as StringColumn["type"]; // what is left of the types
  const codes = text === "category" && kind === "number";
  return { column: { name, type: text, strings, ...(codes && { codes }) }, why };
}

const SET = "set by the study";

function declaredText(
  values: TextValues,
  declared: TypeSetting,
  { decimals, reading, cleaning }: TypingContext,
): TypeDecision {
  if (typeof declared !== "string") return ordered(values, declared);
  const levels = [...values.levels.keys()];
  if (declared === "category") {
    const numbers = levels.filter((text) => !isMissingNumber(text));
    const codes = numbers.length > 0 && numbers.every((text) => isNumber(text) && !hasLeadingZero(text));
    return { type: declared, why: SET, ...(codes && { isMissing: isMissingNumber }) };
  }
  if (!isNumberType(declared)) return { type: declared, why: SET };
  const found = reading ? { reading } : readingFor(declared, { name: values.name, texts: levels }, decimals);
  if (found.note) cleaning.push(found.note);
  if (found.reading) return { type: declared, why: SET, isMissing: isMissingNumber, reading: found.reading };
  const words = levels.filter((text) => !isNumber(text) && !isMissingNumber(text));
  if (declared !== "ordinal" || words.every((text) => readBoolean(text) !== undefined))
    return { type: declared, why: SET, isMissing: isMissingNumber };
  const order = ladderOf(levels);
  if (order) return { type: declared, why: SET, order };
  const text = words[0]!;
  throw new DataError({
    where: placeOf(values.table, values.levels.get(text)!.first),
    subject: `column "${values.name}"`,
    expected: "numbers, or words of a ladder that is known by itself",
    got: quoted(text),
    fix: `List its values from the lowest to the highest: --type ${JSON.stringify(`${values.name}=${levels.slice(0, 3).join("<")}`)}, or a list under types in a study file.`,
    setting: ["types", values.name],
  });
}

function declaredNumbers(table: RawTable, raw: RawNumberColumn, declared: TypeSetting): TypeDecision {
  if (typeof declared === "string") return { type: declared, why: SET };
  const cells = numbersAsText(raw);
  return ordered(textValues(table, { name: raw.name, kind: "text", cells }, new Set()), declared);
}

/** Values that must all be among those listed. */
function ordered(values: TextValues, order: readonly string[]): TypeDecision {
  const known = new Set(order);
  const isMissing = (text: string): boolean => isMissingNumber(text) && !known.has(text);
  const unknown = [...values.levels.keys()].find((text) => !known.has(text) && !isMissing(text));
  if (unknown !== undefined) {
    throw new DataError({
      where: placeOf(values.table, values.levels.get(unknown)!.first),
      subject: `column "${values.name}"`,
      expected: `one of ${order.map(quoted).join(", ")}`,
      got: quoted(unknown),
      fix: "Add it to the order, correct it, or list it under missing.",
      setting: ["types", values.name],
    });
  }
  return { type: "ordinal", why: `${SET}: ${order.join(" < ")}`, order, isMissing };
}

/** Whether every value is a number that is not written as a code. */
const areNumbers = ({ levels }: TextValues): boolean =>
  levels.size > 0 && [...levels.keys()].every((text) => isNumber(text) && !hasLeadingZero(text));

/** Values of a number column as the strings a category holds; missing is null. */
export function numbersAsText(raw: RawNumberColumn): (string | null)[] {
  const write: Record<RawNumberColumn["kind"], (x: number) => string> = {
    number: String,
    boolean: (x) => (x === 0 ? "false" : "true"),
    date: writeDate,
  };
  return Array.from(raw.numbers, (x) => (Number.isNaN(x) ? null : write[raw.kind](x)));
}

/** True for types whose columns hold numbers, as an ordinal does unless it has an order. */
export const isNumberType = (type: ColumnType): type is NumberColumn["type"] =>
  !["category", "identifier", "text"].includes(type);
