import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { penguinsRecord } from "../../test/fixtures/penguins-record.js";
import { DataError } from "../base/errors.js";
import { canonicalJson } from "./canonical-json.js";
import { readRun } from "./read-run.js";
import { writeRun } from "./write-run.js";

let root = "";
let run = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-read-"));
  run = join(root, "penguins-1");
  await writeRun(run, { "record.json": canonicalJson(penguinsRecord()), "model.onnx": "model" });
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Asserts a DataError of one line that names the run and matches. */
async function refuses(work: Promise<unknown>, words: RegExp): Promise<void> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  const { message } = error as DataError;
  expect(message).toMatch(words);
  expect(message).toMatch(/^run \S+: .*[.?]$/);
  expect(message).not.toContain("\n");
}

describe("readRun", () => {
  it("offers the nearest run when the folder does not exist", () =>
    refuses(readRun(join(root, "pengiuns-1")), /does not exist\. Did you mean .*penguins-1\?$/));

  it("offers runs inside a folder that only holds runs", () =>
    refuses(readRun(root), /is not a complete Kindred run, it has no manifest\.json\. .*penguins-1/));

  it("does not take a file for a run", () =>
    refuses(readRun(join(run, "model.onnx")), /is not a complete Kindred run/));

  it("names a missing file", async () => {
    await rm(join(run, "model.onnx"));
    await refuses(readRun(run), /model\.onnx is missing\. Restore/);
  });

  it("names a truncated file with both sizes", async () => {
    await writeFile(join(run, "model.onnx"), "mod");
    await refuses(readRun(run), /model\.onnx has 3 bytes instead of 5/);
  });

  it("notices a file altered in place", async () => {
    await writeFile(join(run, "model.onnx"), "mofel");
    const { file } = await readRun(run);
    await refuses(file("model.onnx"), /model\.onnx was altered/);
  });

  it("notices an altered record at once", async () => {
    const text = await readFile(join(run, "record.json"), "utf8");
    await writeFile(join(run, "record.json"), text.replace('"seed": 7', '"seed": 8'));
    await refuses(readRun(run), /record\.json was altered/);
  });

  it("names the files it has when asked for another", async () => {
    const { file } = await readRun(run);
    await refuses(file("model.bin"), /model\.bin is not part of it\. It has record\.json, model\.onnx\.$/);
    await refuses(file("toString"), /is not part of it/);
  });

  it("refuses a manifest that is not JSON", async () => {
    await appendFile(join(run, "manifest.json"), "}");
    await refuses(readRun(run), /manifest\.json is not readable JSON/);
  });

  it("refuses a manifest of another kind", async () => {
    await mkdir(join(root, "page"));
    await writeFile(join(root, "page", "manifest.json"), '{"name": "a web page"}');
    await refuses(readRun(join(root, "page")), /format of manifest\.json must be 1, got none/);
  });

  it("refuses a later format and says what to do", async () => {
    const later = { ...penguinsRecord(), format: 2 };
    await writeRun(join(root, "later"), { "record.json": canonicalJson(later) });
    await refuses(
      readRun(join(root, "later")),
      /format of record\.json must be 1, got 2\. Read it with the version/,
    );
  });

  it("names the member of a record that does not fit", async () => {
    const odd = { ...penguinsRecord(), model: { ...penguinsRecord().model, members: "many" } };
    await writeRun(join(root, "odd"), { "record.json": canonicalJson(odd) });
    await refuses(readRun(join(root, "odd")), /record\.json cannot be used \(model\.members: /);
  });
});
