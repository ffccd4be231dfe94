import { isMap, isNode, isScalar, isSeq } from "yaml";
import type { Document, LineCounter, Node } from "yaml";
import { sentence } from "../base/errors.js";
import type { ErrorParts } from "../base/errors.js";
import type { FoundProblem } from "./study-file-problems.js";

/** One mistake in a study file: where it is, the whole sentence, and the line with a caret below it. */
export interface StudyFileProblem {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** `study.yaml:5:27 tasks.price.kind: …` */
  readonly message: string;
  /** Two lines: the line of the file, and a caret under the place. */
  readonly excerpt: string;
  /** What the message is made of. */
  readonly parts: ErrorParts;
}

/** Where in the text a path of keys is; with `key`, where that key itself is written. */
export function offsetOf(document: Document, path: readonly string[], key?: string): number {
  let node: unknown = document.contents;
  for (const step of path) {
    const next = child(node, step);
    if (next === undefined) break;
    node = next;
  }
  if (key !== undefined && isSeq(node)) node = child(node, key) ?? node;
  if (key !== undefined && isMap(node)) {
    const pair = node.items.find((item) => keyText(item.key) === key);
    if (pair && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
  }
  return isNode(node) ? ((node as Node).range?.[0] ?? 0) : 0;
}

function child(node: unknown, step: string): unknown {
  if (isSeq(node)) return node.items[Number(step)] ?? node.items.find((item) => keyText(item) === step);
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => keyText(item.key) === step);
  return pair ? (isNode(pair.value) ? pair.value : pair.key) : undefined;
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value ?? "") : String(key);
}

/** A mistake with the place of its offset in a text; `name` stands in front of its message. */
export function placed(
  found: FoundProblem,
  name: string,
  text: string,
  lines: LineCounter,
): StudyFileProblem {
  const { line, col } = lines.linePos(Math.min(found.offset ?? 0, text.length));
  const [row, column] = [Math.max(1, line), Math.max(1, col)];
  const place = [`${name}:${row}:${column}`, found.path.join(".")].filter(Boolean).join(" ");
  const parts = { ...found.parts, where: place };
  const begin = lines.lineStarts[row - 1] ?? 0;
  const end = text.indexOf("\n", begin);
  const source = text.slice(begin, end < 0 ? text.length : end).replace(/\r$/, "");
  const margin = String(row).padStart(4);
  const excerpt = `${margin} | ${source}\n${" ".repeat(4)} | ${" ".repeat(column - 1)}^`;
  return { line: row, column, message: sentence(parts), excerpt, parts };
}
