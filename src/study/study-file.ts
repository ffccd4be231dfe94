import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { LineCounter, isMap, isNode, isScalar, isSeq, parseDocument } from "yaml";
import type { Document, Node } from "yaml";
import { ConfigError, DataError, sentence } from "../base/errors.js";
import type { ErrorParts } from "../base/errors.js";
import { contradictions, withDefaults } from "./schema-complete.js";
import type { StudyOptions } from "./options.js";
import type { PartialStudy } from "./schema.js";
import { schemaProblems } from "./study-file-problems.js";
import type { FoundProblem } from "./study-file-problems.js";
import { studySchema } from "./study-file-schema.js";
import { yamlProblems } from "./study-file-yaml.js";

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

/** All mistakes of a study file; the message is that of the first. */
export class StudyFileError extends ConfigError {
  readonly problems: readonly StudyFileProblem[];

  constructor(problems: readonly StudyFileProblem[], parts: ErrorParts) {
    super(parts);
    this.problems = problems;
  }
}

/** True for names that are read as study files rather than as tables. */
export const isStudyFile = (path: string): boolean => /\.ya?ml$/i.test(path);

/**
 * Reads a study file; a relative `data` is taken from the folder of the file.
 *
 * @throws {DataError} if the file cannot be read.
 * @throws {StudyFileError} with every mistake and its place.
 */
export async function readStudyFile(path: string): Promise<PartialStudy> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const problem = missing ? "does not exist" : `cannot be read: ${(cause as Error).message}`;
    throw new DataError(
      { where: path, subject: "the study file", problem, fix: "Check the path." },
      { cause },
    );
  }
  const study = parseStudyFile(text, path);
  if (study.data === undefined || isAbsolute(study.data)) return study;
  return { ...study, data: join(dirname(path), study.data) };
}

/**
 * Parses the text of a study file; `name` stands in front of messages.
 *
 * @throws {StudyFileError} with every mistake and its place.
 */
export function parseStudyFile(text: string, name: string): PartialStudy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const report = (found: readonly FoundProblem[]): never => {
    const problems = found
      .map((one) => placed(one, name, text, lines))
      .sort((a, b) => a.line - b.line || a.column - b.column);
    throw new StudyFileError(problems, problems[0]!.parts);
  };
  const form = yamlProblems(document);
  if (form.length > 0) report(form);
  const plain: unknown = document.toJS();
  const result = studySchema().safeParse(plain);
  if (!result.success) {
    report(
      schemaProblems(result.error, plain).map((one) => ({
        ...one,
        offset: offsetOf(document, one.path, one.key),
      })),
    );
  }
  const repeated = repeatedTask(plain as { tasks: unknown });
  if (repeated) report([{ ...repeated, offset: offsetOf(document, repeated.path) }]);
  const study = normalised(plain as Readonly<Record<string, unknown>>);
  const clashes = contradictions(withDefaults(study));
  if (clashes.length > 0) {
    report(clashes.map(({ path, parts }) => ({ path, parts, offset: offsetOf(document, path) })));
  }
  return study;
}

function repeatedTask(plain: { tasks: unknown }): FoundProblem | undefined {
  if (!Array.isArray(plain.tasks)) return undefined;
  const names: readonly unknown[] = plain.tasks;
  const at = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (at < 0) return undefined;
  return {
    path: ["tasks", String(at)],
    parts: { subject: `task "${String(names[at])}"`, problem: "is named twice", fix: "Name it once." },
  };
}

function normalised(
  plain: Readonly<Record<string, unknown>>,
): PartialStudy & Pick<StudyOptions, "data" | "tasks"> {
  const tasks = plain["tasks"] as readonly string[] | Readonly<Record<string, object | null>>;
  const entries = Array.isArray(tasks)
    ? tasks.map((name: string) => [name, {}] as const)
    : Object.entries(tasks).map(([name, options]) => [name, options ?? {}] as const);
  // The schema has checked every key and value; only the shape of `tasks` differs from the options.
  return { ...plain, tasks: Object.fromEntries(entries) } as PartialStudy &
    Pick<StudyOptions, "data" | "tasks">;
}

/** Where in the text a path of keys is; with `key`, where that key itself is written. */
function offsetOf(document: Document, path: readonly string[], key?: string): number {
  let node: unknown = document.contents;
  for (const step of path) {
    const next = child(node, step);
    if (next === undefined) break;
    node = next;
  }
  if (key !== undefined && isMap(node)) {
    const pair = node.items.find((item) => keyText(item.key) === key);
    if (pair && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
  }
  return isNode(node) ? ((node as Node).range?.[0] ?? 0) : 0;
}

function child(node: unknown, step: string): unknown {
  if (isSeq(node)) return node.items[Number(step)];
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => keyText(item.key) === step);
  return pair ? (isNode(pair.value) ? pair.value : pair.key) : undefined;
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value ?? "") : String(key);
}

function placed(found: FoundProblem, name: string, text: string, lines: LineCounter): StudyFileProblem {
  const { line, col } = lines.linePos(Math.min(found.offset ?? 0, text.length));
  const [row, column] = [Math.max(1, line), Math.max(1, col)];
  const place = [`${name}:${row}:${column}`, found.path.join(".")].filter(Boolean).join(" ");
  const parts = { ...found.parts, where: place };
  const source = text.split(/\r?\n/)[row - 1] ?? "";
  const margin = String(row).padStart(4);
  const excerpt = `${margin} | ${source}\n${" ".repeat(4)} | ${" ".repeat(column - 1)}^`;
  return { line: row, column, message: sentence(parts), excerpt, parts };
}
