import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { penguinsRecord } from "../../test/fixtures/penguins-record.js";
import { ConfigError, DataError } from "../base/errors.js";
import { canonicalJson } from "./canonical-json.js";
import { readRun } from "./read-run.js";
import { unfinishedRunFolder, whatIsAt } from "./run-folder.js";
import { type UnfinishedOptions, openUnfinished } from "./unfinished-run.js";
import { writeRun } from "./write-run.js";

let root = "";
let home = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-unfinished-"));
  home = join(root, "x");
});
afterEach(() => rm(root, { recursive: true, force: true }));

const record = canonicalJson(penguinsRecord());
const beginning = { kindred: "1.2.3", study: { seed: 7 }, resume: "kindred train x.csv --resume" };
const open = (may: Omit<UnfinishedOptions, "beginning"> = {}): ReturnType<typeof openUnfinished> =>
  openUnfinished(home, { beginning, ...may });
const deadPid = (): number => spawnSync(process.execPath, ["-e", ""]).pid;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Leaves what a killed process leaves: a checkpoint, the beginning and its lock. */
async function killed(): Promise<void> {
  const run = await open();
  await run.checkpoints("a").save(bytes("state"));
  await run.close({ keep: true });
  await writeFile(join(home, "checkpoint", "lock"), `${deadPid()}\n`);
}

describe("an unfinished run", () => {
  it("is resumed after its process was killed, with its beginning and its checkpoints", async () => {
    await killed();
    const run = await open({ resume: true });
    expect(run.before).toMatchObject(beginning);
    expect(new TextDecoder().decode(await run.checkpoints("a").load())).toBe("state");
    await run.close({ keep: false });
    expect(await readdir(root)).toEqual([]);
  });

  it("is neither overwritten nor resumed unasked", async () => {
    await killed();
    await expect(open()).rejects.toThrow(
      /holds an unfinished run\. Go on with kindred train x\.csv --resume\. Or choose another folder/,
    );
    await expect(writeRun(home, { "record.json": record })).rejects.toThrow(ConfigError);
  });

  it("starts anew when overwriting is allowed", async () => {
    await killed();
    const run = await open({ overwrite: true });
    expect(run.before).toBeUndefined();
    expect(await run.checkpoints("a").load()).toBeUndefined();
    await run.close({ keep: true });
    expect(await whatIsAt(home)).toBe("unfinished");
  });

  it("begins where there is nothing to resume", async () => {
    const run = await open({ resume: true });
    expect(run.before).toBeUndefined();
    await run.close({ keep: true });
  });

  it("begins anew when its beginning cannot be read", async () => {
    await killed();
    await writeFile(join(home, "checkpoint", "unfinished.json"), '{"kind": "kindred-unf');
    const run = await open({ resume: true });
    expect(run.before).toBeUndefined();
    expect(await run.checkpoints("a").load()).toBeUndefined();
    await run.close({ keep: true });
  });

  it("is refused to a second process, and to a second training of the same one", async () => {
    const run = await open();
    await expect(open({ resume: true })).rejects.toThrow(`is being trained into by process ${process.pid}`);
    await run.close({ keep: true });
    await writeFile(join(home, "checkpoint", "lock"), `${process.ppid}\n`);
    for (const may of [{ resume: true }, { overwrite: true }, {}])
      await expect(open(may)).rejects.toThrow(`is being trained into by process ${process.ppid}`);
    await expect(writeRun(home, { "record.json": record }, { overwrite: true })).rejects.toThrow(
      /is being trained into/,
    );
  });

  it.each([String(process.pid), "", "no number"])(
    "has a lock that does not count when it says %j",
    async (content) => {
      await killed();
      await writeFile(join(home, "checkpoint", "lock"), content === "" ? "" : `${content}\n`);
      const run = await open({ resume: true });
      expect(run.before).toBeDefined();
      await run.close({ keep: true });
    },
  );

  it("tells readers what it is and how to go on", async () => {
    await killed();
    await expect(readRun(home)).rejects.toThrow(
      `run ${home}: training is not finished. Go on with kindred train x.csv --resume.`,
    );
    const run = await open({ resume: true });
    await expect(readRun(home)).rejects.toThrow(`training is still going on in process ${process.pid}`);
    await run.close({ keep: true });
    await expect(readRun(home)).rejects.toThrow(DataError);
  });

  it("is replaced as a whole by the finished run", async () => {
    await killed();
    const run = await open({ resume: true });
    await writeRun(home, { "record.json": record, "checkpoint/parameters.bin": "1" }, { resume: true });
    await run.close({ keep: false });
    expect(await readdir(root)).toEqual(["x"]);
    expect((await readdir(home)).sort()).toEqual(["checkpoint", "manifest.json", "record.json"]);
    expect(await readdir(join(home, "checkpoint"))).toEqual(["parameters.bin"]);
  });

  it("leaves a finished run in its folder readable until it replaces it", async () => {
    await writeRun(home, { "record.json": record, "checkpoint/parameters.bin": "old" });
    await expect(open({ resume: true })).rejects.toThrow(/already holds a run/);
    const first = await open({ overwrite: true });
    await first.checkpoints("a").save(bytes("state"));
    await first.close({ keep: true });
    expect(new TextDecoder().decode(await (await readRun(home)).file("checkpoint/parameters.bin"))).toBe(
      "old",
    );
    const again = await open({ resume: true });
    expect(again.before).toBeDefined();
    await writeRun(home, { "record.json": record, "checkpoint/parameters.bin": "new" }, { resume: true });
    await again.close({ keep: false });
    expect(await readFile(join(home, "checkpoint", "parameters.bin"), "utf8")).toBe("new");
  });

  it("takes its traces away without touching a finished run when nothing is to be kept", async () => {
    await writeRun(home, { "record.json": record, "checkpoint/parameters.bin": "old" });
    const run = await open({ overwrite: true });
    await run.checkpoints("a").save(bytes("state"));
    await run.close({ keep: false });
    expect(await readdir(join(home, "checkpoint"))).toEqual(["parameters.bin"]);
    expect((await readRun(home)).record).toEqual(penguinsRecord());
  });

  it("takes the folders away that it made, and no others", async () => {
    home = join(root, "there", "a", "b", "x");
    await mkdir(join(root, "there"));
    await (await open()).close({ keep: false });
    expect(await readdir(root, { recursive: true })).toEqual(["there"]);
  });

  it("is moved back when the process died between moving it aside and moving the finished run in", async () => {
    await killed();
    await rename(home, join(root, `.x.old-${deadPid()}`));
    const run = await open({ resume: true });
    expect(run.before).toMatchObject(beginning);
    await run.close({ keep: true });
  });

  it("is not seen in a folder with files of somebody else", async () => {
    await killed();
    await writeFile(join(home, "notes.txt"), "dear");
    expect(await whatIsAt(home)).toBe("other");
    await expect(open({ overwrite: true, resume: true })).rejects.toThrow(/is not a Kindred run/);
    await mkdir(join(root, "y", "checkpoint"), { recursive: true });
    await writeFile(join(root, "y", "checkpoint", "weights.pt"), "torch");
    expect(await whatIsAt(join(root, "y"))).toBe("other");
  });

  it("is found as the last one of its data", async () => {
    home = join(root, "data-2");
    await killed();
    await writeRun(join(root, "data-3"), { "record.json": record });
    home = join(root, "data-10");
    expect(await unfinishedRunFolder(root, "some/data.csv")).toBe(join(root, "data-2"));
    await killed();
    expect(await unfinishedRunFolder(root, "some/data.csv")).toBe(home);
    expect(await unfinishedRunFolder(root, "other.csv")).toBeUndefined();
    expect(await unfinishedRunFolder(join(root, "none"), "data.csv")).toBeUndefined();
  });
});
