import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { ConfigError, DataError, KindredError } from "../base/errors.js";
import { sourceFromFolder } from "../data/sources/index.js";
import type { ErrorParts } from "../base/errors.js";
import { mapData, namedSources } from "./data-names.js";
import { contradictions, withDefaults } from "./schema-complete.js";
import type { StudyOptions } from "./options.js";
import type { PartialStudy } from "./schema.js";
import { offsetOf, placed } from "./study-file-place.js";
import type { StudyFileProblem } from "./study-file-place.js";
import { schemaProblems } from "./study-file-problems.js";
import type { FoundProblem } from "./study-file-problems.js";
import { studySchema } from "./study-file-schema.js";
import { yamlProblems } from "./study-file-yaml.js";

const LARGEST = 2 ** 21; // bytes: a hundred each for twenty thousand columns
/** Keys written twice are found by `yamlProblems`, in time that grows with their number and not with its square. */
const PARSING = { prettyErrors: false, logLevel: "error", uniqueKeys: false } as const;

/** All mistakes of a study file; the message is that of the first. */
export class StudyFileError extends ConfigError {
  readonly problems: readonly StudyFileProblem[];

  constructor(problems: readonly StudyFileProblem[], parts: ErrorParts) {
    super(parts);
    this.problems = problems;
  }
}

/**
 * Reads a study file; a relative `data` is taken from the folder of the file.
 *
 * @throws {DataError} if the file cannot be read.
 * @throws {StudyFileError} with every mistake and its place.
 */
export async function readStudyFile(path: string): Promise<PartialStudy> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > LARGEST) throw tooLarge(path, size);
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const problem = missing ? "does not exist" : `cannot be read: ${(cause as Error).message}`;
    throw new DataError(
      { where: path, subject: "the study file", problem, fix: "Check the path." },
      { cause },
    );
  }
  return await fromFolder(parseStudyFile(text, path), path);
}

function tooLarge(where: string, bytes: number): DataError {
  return new DataError({
    where,
    subject: "the study file",
    expected: "at most 2 MiB",
    got: `${(bytes / 2 ** 20).toFixed(1)} MiB`,
    fix: "Name a study file, not a table.",
  });
}

/** A study whose data is found from the folder of its file. */
async function fromFolder<T extends PartialStudy>(study: T, path: string): Promise<T> {
  if (study.data === undefined) return study;
  const found = new Map<string, string>();
  for (const { source } of namedSources(study.data))
    found.set(source, await sourceFromFolder(source, dirname(path)));
  return { ...study, data: mapData(study.data, (source) => found.get(source)!) };
}

/**
 * Parses the text of a study file; `name` stands in front of messages.
 *
 * @throws {StudyFileError} with every mistake and its place.
 */
export function parseStudyFile(text: string, name: string): PartialStudy {
  if (text.length > LARGEST) throw tooLarge(name, text.length);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, ...PARSING });
  const report = (found: readonly FoundProblem[]): never => {
    const problems = found
      .map((one) => placed(one, name, text, lines))
      .sort((a, b) => a.line - b.line || a.column - b.column);
    throw new StudyFileError(problems, problems[0]!.parts);
  };
  const form = yamlProblems(document, text);
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

/**
 * Names the line of a study file for an error about one of its settings.
 *
 * @param path the file that was read.
 * @param options the study that came of it; a setting that a flag has changed since is none of the file's.
 * @returns a {@link StudyFileError}, or the error as it is where it has no place in the file.
 */
export async function placeInStudyFile(
  error: unknown,
  path: string,
  options: StudyOptions,
): Promise<unknown> {
  const setting = error instanceof KindredError ? error.parts.setting : undefined;
  if (setting === undefined || !(error instanceof KindredError)) return error;
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return error; // the file has gone since it was read; the first error is the one to tell
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, ...PARSING });
  const plain = normalised(document.toJS() as Readonly<Record<string, unknown>>);
  const written = withDefaults(await fromFolder(plain, path).catch(() => plain));
  if (inStudy(written, setting) === undefined) return error;
  if (JSON.stringify(inStudy(written, setting)) !== JSON.stringify(inStudy(options, setting))) return error;
  const [head = "", name] = setting;
  const isName = setting.length === 2 && (head === "tasks" || head === "types");
  const offset = offsetOf(document, isName ? [head] : setting, isName ? name : undefined);
  const { where, subject } = error.parts;
  const parts = { ...error.parts, subject: head === "data" ? `${subject} ${where}` : subject };
  const problem = placed({ path: setting, parts, offset }, path, text, lines);
  return new StudyFileError([problem], problem.parts);
}

function inStudy(study: StudyOptions, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (one, key) =>
      typeof one === "object" && one !== null && Object.hasOwn(one, key)
        ? (one as Readonly<Record<string, unknown>>)[key]
        : undefined,
    study,
  );
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
