import { DataError } from "../base/errors.js";
import { readOnnx } from "../graph/index.js";
import type { InputCoding } from "../data/encoding.js";
import type { Task } from "../tasks/task-kind.js";

/** What a model file tells about itself: enough to read rows for it and to name what it predicts. */
export interface ModelCard {
  readonly format: 1;
  readonly kindred: string;
  readonly seed: number;
  readonly inputs: readonly InputCoding[];
  readonly tasks: readonly Task[];
  /** Spellings of a missing value beside the empty cell, as the study had them. */
  readonly missing: readonly string[];
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
  const { metadata } = readOnnx(bytes, where);
  const text = metadata[CARD_KEY];
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
      got: String(card?.format),
      fix: "Train again with this version of Kindred.",
    });
  }
  return card;
}

function parsed(text: string): ModelCard | undefined {
  try {
    return JSON.parse(text) as ModelCard; // checked field by field by the caller
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
