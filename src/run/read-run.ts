import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DataError } from "../base/errors.js";
import { nearest } from "../base/nearest.js";
import { lockHolder } from "./folder-lock.js";
import { MANIFEST_FILE, manifestSchema, RECORD_FILE, RUN_FORMAT, seal, type FileSeal } from "./manifest.js";
import { runRecordSchema } from "./record-schema.js";
import type { RunRecord } from "./record.js";
import { runsIn, whatIsAt } from "./run-folder.js";
import { isSystemError } from "./system-error.js";
import { howToGoOn, lockPath } from "./unfinished-parts.js";

/** A run read from disk. */
export interface Run {
  readonly folder: string;
  readonly record: RunRecord;
  /** Size and hash of every file, by name. */
  readonly files: Readonly<Record<string, FileSeal>>;
  /**
   * The content of one file, checked against its hash.
   *
   * @throws {DataError} when the run has no such file, or it was altered since it was written.
   */
  file(name: string): Promise<Uint8Array>;
}

const RESTORE = "Restore the folder from a copy, or train again.";

/**
 * Reads a run folder: its manifest, its record, and the presence and size of every file. Contents are checked against
 * their hash when they are read.
 *
 * @throws {DataError} when there is no run, it is not complete, was altered, or has a foreign format.
 */
export async function readRun(folder: string): Promise<Run> {
  const files = await readManifest(folder);
  for (const [name, { bytes }] of Object.entries(files)) await checkSize(folder, name, bytes);
  const file = async (name: string): Promise<Uint8Array> => {
    const expected = Object.hasOwn(files, name) ? files[name] : undefined;
    if (expected === undefined) {
      const have = Object.keys(files).join(", ");
      throw new DataError({
        where: `run ${folder}`,
        subject: name,
        problem: "is not part of it",
        fix: `It has ${have}.`,
      });
    }
    const content = await readPart(folder, name);
    if (content !== undefined && seal(content).sha256 === expected.sha256) return content;
    throw broken(folder, name, "was altered after the run was written");
  };
  return { folder, record: parseRecord(folder, await file(RECORD_FILE)), files, file };
}

async function readManifest(folder: string): Promise<Readonly<Record<string, FileSeal>>> {
  const bytes = await readPart(folder, MANIFEST_FILE);
  if (bytes === undefined) throw await notARun(folder);
  const value = parseJson(folder, MANIFEST_FILE, bytes);
  checkFormat(folder, MANIFEST_FILE, value);
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success || !(RECORD_FILE in parsed.data.files)) {
    throw broken(folder, MANIFEST_FILE, "is not the list of a Kindred run's files");
  }
  return parsed.data.files;
}

function parseRecord(folder: string, bytes: Uint8Array): RunRecord {
  const value = parseJson(folder, RECORD_FILE, bytes);
  checkFormat(folder, RECORD_FILE, value);
  const parsed = runRecordSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.join(".") ?? "";
  const form = issue?.message.replace(", received undefined", ", which is missing") ?? "unknown form";
  throw broken(folder, RECORD_FILE, `cannot be used (${path}: ${form})`);
}

async function checkSize(folder: string, name: string, bytes: number): Promise<void> {
  const found = await stat(join(folder, name)).catch((error: unknown) => {
    if (isSystemError(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  });
  if (found === undefined) throw broken(folder, name, "is missing");
  if (found.size !== bytes) throw broken(folder, name, `has ${found.size} bytes instead of ${bytes}`);
}

async function readPart(folder: string, name: string): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await readFile(join(folder, name)));
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR")) return undefined;
    if (isSystemError(error, "EACCES", "EPERM", "EISDIR", "EIO")) {
      const parts = { where: `run ${folder}`, subject: name, problem: `cannot be read (${error.code})` };
      throw new DataError({ ...parts, fix: "Check the file's permissions." }, { cause: error });
    }
    throw error;
  }
}

function parseJson(folder: string, name: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw broken(folder, name, "is not readable JSON", error);
  }
}

function checkFormat(folder: string, name: string, value: unknown): void {
  const format = typeof value === "object" && value !== null && "format" in value ? value.format : undefined;
  if (format === RUN_FORMAT) return;
  throw new DataError({
    where: `run ${folder}`,
    subject: `format of ${name}`,
    expected: String(RUN_FORMAT),
    got: format === undefined ? "none" : JSON.stringify(format),
    fix: "Read it with the version of Kindred that wrote it, or train again.",
  });
}

function broken(folder: string, name: string, problem: string, cause?: unknown): DataError {
  return new DataError(
    { where: `run ${folder}`, subject: name, problem, fix: RESTORE },
    cause === undefined ? {} : { cause },
  );
}

async function notARun(folder: string): Promise<DataError> {
  const found = await whatIsAt(folder);
  if (found === "unfinished") {
    const holder = await lockHolder(lockPath(folder));
    return new DataError({
      where: `run ${folder}`,
      subject: "training",
      problem: holder === undefined ? "is not finished" : `is still going on in process ${holder}`,
      fix: holder === undefined ? await howToGoOn(folder) : "Wait for it.",
    });
  }
  const missing = found === "nothing";
  return new DataError({
    where: `run ${folder}`,
    subject: "folder",
    problem: missing ? "does not exist" : `is not a complete Kindred run, it has no ${MANIFEST_FILE}`,
    fix: (await offerRuns(folder)) ?? "Train one first: kindred train.",
  });
}

async function offerRuns(folder: string): Promise<string | undefined> {
  const roots = [...new Set([dirname(folder), folder, "runs"])];
  const runs = await Promise.all(
    roots.map(async (root) => (await runsIn(root)).map((name) => join(root, name))),
  );
  const all = [...new Set(runs.flat())];
  const byName = nearest(
    basename(folder),
    all.map((path) => basename(path)),
  );
  const near = [...new Set(byName.flatMap((name) => all.filter((path) => basename(path) === name)))].slice(
    0,
    3,
  );
  if (near.length > 0) return `Did you mean ${near.join(" or ")}?`;
  return all.length > 0 ? `Runs here: ${all.slice(-5).join(", ")}.` : undefined;
}
