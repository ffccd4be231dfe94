import { mkdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { ConfigError } from "../base/errors.js";
import { canonicalJson } from "./canonical-json.js";
import { replaceFile } from "./durable.js";
import { freeLock, takeLock } from "./folder-lock.js";
import { checkWritable, inUse, notWritable } from "./run-folder.js";
import { isSystemError } from "./system-error.js";

const BEGINNING = "comparison-of.json";
const RESULTS = "results";
const LOCK = "lock";

/** The files of a finished front. */
export const PARETO_FILES = { record: "pareto.json", page: "pareto.html" } as const;

/** The files of a finished comparison. */
export const COMPARISON_FILES = { record: "compare.json", page: "compare.html" } as const;

const resultSchema = z.object({
  /** Tells what was trained: all that decides the result beside what the folder is of. */
  key: z.string(),
  metrics: z.record(z.string(), z.record(z.string(), z.number().nullable())),
  seconds: z.number(),
  stepMs: z.number().nullable(),
  epochs: z.number(),
  /** Losses by task on validation rows at the best epoch. */
  validation: z.record(z.string(), z.number().nullable()).optional(),
  /** Why the training failed, if it did. */
  failed: z.string().optional(),
});

/** One finished training of a comparison, on disk. */
export type KeptResult = Readonly<z.infer<typeof resultSchema>>;

/** A folder in which a comparison is kept, locked until it is closed. */
export interface ComparisonFolder {
  /** The result kept under a name, if it was trained as `key` says; undefined otherwise. */
  load(name: string, key: string): Promise<KeptResult | undefined>;
  save(name: string, result: KeptResult): Promise<void>;
  /** Writes one of the files of a finished comparison. */
  write(name: string, content: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the folder of a comparison, new or begun before, and locks it.
 *
 * @param study what the comparison is of: a folder of another one is refused.
 * @throws {ConfigError} if the folder holds another study or something else, cannot be written, or another process works in it.
 */
export async function openComparison(
  folder: string,
  study: unknown,
  { overwrite = false }: { readonly overwrite?: boolean } = {},
): Promise<ComparisonFolder> {
  const identity = canonicalJson({ format: 1, ...(study as object) });
  const found = await beginningOf(folder);
  if (found === undefined) await checkWritable(folder);
  else if (found !== identity && !overwrite) {
    throw new ConfigError({
      where: "output",
      subject: `folder ${folder}`,
      problem: "holds the comparison of another study, of other data or by another version",
      fix: "Choose another with --out, or add --force to replace it.",
    });
  }
  const lock = resolve(folder, LOCK);
  const at = (name: string): string => join(folder, RESULTS, `${name}.json`);
  try {
    await mkdir(folder, { recursive: true });
    const holder = await takeLock(lock);
    if (holder !== undefined) throw inUse(folder, holder);
    if (overwrite) {
      await rm(join(folder, RESULTS), { recursive: true, force: true });
      for (const name of [COMPARISON_FILES, PARETO_FILES].flatMap((files) => Object.values(files)))
        await rm(join(folder, name), { force: true });
    }
    await replaceFile(join(folder, BEGINNING), bytesOf(identity));
    await mkdir(join(folder, RESULTS), { recursive: true });
  } catch (error) {
    await freeLock(lock);
    if (error instanceof ConfigError || !(error instanceof Error)) throw error;
    throw notWritable(
      folder,
      `cannot be written (${"code" in error ? String(error.code) : error.message})`,
      error,
    );
  }
  return {
    async load(name, key) {
      const text = await textOf(at(name));
      const parsed = text === undefined ? undefined : resultSchema.safeParse(jsonOf(text));
      return parsed?.success && parsed.data.key === key ? parsed.data : undefined;
    },
    save: (name, result) => replaceFile(at(name), bytesOf(canonicalJson(result))),
    write: (name, content) => replaceFile(join(folder, name), bytesOf(content)),
    close: () => freeLock(lock),
  };
}

/** What a comparison in this folder is of, as text; undefined where there is none. */
const beginningOf = (folder: string): Promise<string | undefined> => textOf(join(folder, BEGINNING));

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR", "EISDIR", "EACCES")) return undefined;
    throw error;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a file that is no result is trained anew
  }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
