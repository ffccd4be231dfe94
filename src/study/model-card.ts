import { DataError } from "../base/errors.js";
import { type OnnxDescription, readOnnx } from "../graph/index.js";
import { type ColumnReading, type MissingSpellings, isReading } from "../data/index.js";
import { type InputCoding, feedType } from "../data/encoding.js";
import type { Task } from "../tasks/task-kind.js";
import type { TargetParts } from "./target-parts.js";

/** What a model file tells about itself: enough to read rows for it and to name what it predicts. */
export interface ModelCard {
  readonly format: 1;
  readonly kindred: string;
  readonly seed: number;
  readonly inputs: readonly InputCoding[];
  readonly tasks: readonly Task[];
  /** Targets in the long layout; absent where there is none. */
  readonly parts?: readonly TargetParts[];
  /** Spellings of a missing value beside the empty cell, as the study had them. */
  readonly missing: MissingSpellings;
  /** How inputs and targets were read from text where that is not plain; absent where all were. */
  readonly readings?: Readonly<Record<string, ColumnReading>>;
  /** The delimiter and the encoding that the study set for its text, and whether it has a header. */
  readonly text?: { readonly header?: "yes" | "no"; readonly delimiter?: string; readonly encoding?: string };
  /** Links in words. */
  readonly links: readonly string[];
}

/** The key of the card among a model file's metadata. */
export const CARD_KEY = "kindred.model";

/**
 * Reads the card out of a model file.
 *
 * @throws {DataError} if the bytes are no ONNX model, or a model that Kindred did not write.
 */
export function readCard(bytes: Uint8Array, where: string): ModelCard {
  const model = readOnnx(bytes, where);
  const text = Object.hasOwn(model.metadata, CARD_KEY) ? model.metadata[CARD_KEY] : undefined;
  if (text === undefined) {
    throw new DataError({
      where,
      subject: "the model",
      problem: "was not written by Kindred",
      fix: "Give a run folder or the model.onnx inside one.",
    });
  }
  const card = parsed(text);
  if (card?.format !== 1 || !Array.isArray(card.inputs) || !Array.isArray(card.tasks)) {
    throw new DataError({
      where,
      subject: "the model's card",
      expected: "of format 1",
      got: card?.format === undefined ? "none" : JSON.stringify(card.format),
      fix: "Train again with this version of Kindred.",
    });
  }
  const fault = cardFault(card, model);
  if (fault !== undefined) throw damagedCard(where, fault);
  return card;
}

/** The error for a card that does not fit its model: both were written together, so one was changed since. */
export function damagedCard(where: string, problem: string, cause?: unknown): DataError {
  const fix = "Take the file as it was written, or train again.";
  return new DataError({ where, subject: "the model's card", problem, fix }, { cause });
}

/** Why a card cannot belong to a model: its columns and tasks are not the model's inputs and outputs. */
function cardFault(card: ModelCard, { inputs, outputs }: OnnxDescription): string | undefined {
  const read = card.inputs.map((input: unknown) => textAt(input, "name"));
  const ports = inputs.map(({ name }) => name);
  if (!isSame(read, ports)) return "names other inputs than the model has";
  const taken = new Map(inputs.map(({ name, dtype }) => [name, dtype]));
  const foreign = card.inputs.find(
    (coding) => !TYPES.has(coding.type) || feedType(coding) !== taken.get(coding.name),
  );
  if (foreign !== undefined) return `gives the input "${foreign.name}" another type than the model has`;
  const predicted = new Set(outputs.map(({ name }) => name));
  const tasks: readonly unknown[] = card.tasks;
  const odd = tasks.find((task) => !predicted.has(textAt(task, "name") ?? ""));
  if (odd !== undefined || tasks.length === 0) return "names other tasks than the model has";
  if (card.parts !== undefined && !areParts(card.parts, predicted))
    return "names parts of a target that are no tasks";
  const spellings: unknown[] = Array.isArray(card.missing) ? [card.missing] : valuesOf(card.missing);
  if (spellings.length === 0 || !spellings.every(isTexts))
    return "has no list of spellings of a missing value";
  if (card.readings !== undefined && !valuesOf(card.readings).every(isReading))
    return "tells in no known way how columns are read";
  return undefined;
}

const valuesOf = (map: unknown): unknown[] =>
  typeof map === "object" && map !== null ? Object.values(map) : [];

const isTexts = (list: unknown): boolean =>
  Array.isArray(list) && list.every((text: unknown) => typeof text === "string");

/** Whether what should be targets in the long layout are, made of tasks of the model. */
function areParts(parts: unknown, predicted: ReadonlySet<string>): boolean {
  if (!Array.isArray(parts)) return false;
  return parts.every((part: unknown) => {
    const tasks = (part as { readonly tasks?: unknown } | null)?.tasks;
    return (
      textAt(part, "target") !== undefined &&
      textAt(part, "by") !== undefined &&
      textAt(part, "type") !== undefined &&
      Array.isArray(tasks) &&
      tasks.length > 0 &&
      tasks.every(
        (one: unknown) => textAt(one, "value") !== undefined && predicted.has(textAt(one, "task") ?? ""),
      )
    );
  });
}

/** Whether two lists hold the same names, each once. */
const isSame = (names: readonly (string | undefined)[], ports: readonly string[]): boolean =>
  [names, ports, [...names, ...ports]].every((list) => new Set(list).size === names.length);

const TYPES: ReadonlySet<InputCoding["type"]> = new Set([
  "numeric",
  "ordinal",
  "boolean",
  "date",
  "embedding",
  "category",
  "text",
]);

function textAt(value: unknown, key: string): string | undefined {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  const text = (value as Readonly<Record<string, unknown>>)[key];
  return typeof text === "string" ? text : undefined;
}

function parsed(text: string): ModelCard | undefined {
  try {
    return JSON.parse(text) as ModelCard; // checked field by field by the caller
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
