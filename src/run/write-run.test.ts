import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { penguinsRecord } from "../../test/fixtures/penguins-record.js";
import { ConfigError } from "../base/errors.js";
import { canonicalJson } from "./canonical-json.js";
import { readRun } from "./read-run.js";
import { checkWritable, nextRunFolder } from "./run-folder.js";
import { writeRun } from "./write-run.js";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-run-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const record = canonicalJson(penguinsRecord());
const deadPid = (): number => spawnSync(process.execPath, ["-e", ""]).pid;

describe("writeRun", () => {
  it("gives every file back, also those in folders of their own", async () => {
    const model = Uint8Array.of(8, 9, 0, 255);
    await writeRun(join(root, "a", "b"), {
      "record.json": record,
      "model.onnx": model,
      "parts/x.csv": "é\n",
    });
    const run = await readRun(join(root, "a", "b"));
    expect(run.record).toEqual(penguinsRecord());
    expect(await run.file("model.onnx")).toEqual(model);
    expect(new TextDecoder().decode(await run.file("parts/x.csv"))).toBe("é\n");
    expect(await readdir(join(root, "a"))).toEqual(["b"]);
  });

  it("refuses a folder that is taken, and says how to go on", async () => {
    await writeRun(join(root, "x"), { "record.json": record });
    await expect(writeRun(join(root, "x"), { "record.json": record })).rejects.toThrow(
      /already holds a run\. Choose another folder, or allow overwriting it\.$/,
    );
  });

  it("replaces a run as a whole when overwriting is allowed", async () => {
    await writeRun(join(root, "x"), { "record.json": record, "old.txt": "1" });
    await writeRun(join(root, "x"), { "record.json": record, "new.txt": "2" }, { overwrite: true });
    expect(Object.keys((await readRun(join(root, "x"))).files)).toEqual(["record.json", "new.txt"]);
    expect(await readdir(root)).toEqual(["x"]);
  });

  it("never replaces a folder that is not a run, even when overwriting is allowed", async () => {
    await mkdir(join(root, "thesis"));
    await writeFile(join(root, "thesis", "chapter.txt"), "dear");
    await expect(
      writeRun(join(root, "thesis"), { "record.json": record }, { overwrite: true }),
    ).rejects.toThrow(ConfigError);
    expect(await readFile(join(root, "thesis", "chapter.txt"), "utf8")).toBe("dear");
  });

  it.runIf(process.platform === "linux")("says so where the system lets nobody make a folder", async () => {
    await expect(writeRun("/proc/kindred-run", { "record.json": record })).rejects.toThrow(
      /cannot be written/,
    );
  });

  it("leaves the old run and nothing else when writing fails midway", async () => {
    await writeRun(join(root, "x"), { "record.json": record, "model.onnx": "old" });
    const failing = {
      "record.json": record,
      "model.onnx": "new",
      "model.onnx/inner": "cannot be: its folder is a file",
    };
    await expect(writeRun(join(root, "x"), failing, { overwrite: true })).rejects.toThrow(
      /cannot be written/,
    );
    expect(new TextDecoder().decode(await (await readRun(join(root, "x"))).file("model.onnx"))).toBe("old");
    expect(await readdir(root)).toEqual(["x"]);
  });

  it.each(["../evil", "/evil", "a//b", "", "manifest.json", "a\\b"])(
    "refuses the file name %j",
    async (name) => {
      await expect(writeRun(join(root, "x"), { [name]: "" })).rejects.toThrow(ConfigError);
      expect(await readdir(root)).toEqual([]);
    },
  );

  it("removes what dead processes left half-written, and leaves what living ones write", async () => {
    const dead = `.gone.partial-${deadPid()}`;
    const living = `.busy.partial-${process.ppid}`;
    await mkdir(join(root, dead));
    await mkdir(join(root, living));
    await expect(readRun(join(root, dead))).rejects.toThrow(/is not a complete Kindred run/);
    await writeRun(join(root, "x"), { "record.json": record });
    expect((await readdir(root)).sort()).toEqual([living, "x"]);
  });

  it("moves a run back that a dead process set aside and never replaced", async () => {
    await writeRun(join(root, "x"), { "record.json": record });
    await rename(join(root, "x"), join(root, `.x.old-${deadPid()}`));
    await writeRun(join(root, "y"), { "record.json": record });
    expect((await readRun(join(root, "x"))).record.name).toBe("penguins-1");
  });

  it("lets two writes of the same folder at once end with one whole run", async () => {
    const writes = ["1", "2"].map((text) =>
      writeRun(join(root, "x"), { "record.json": record, "a.txt": text }),
    );
    const results = await Promise.allSettled(writes);
    expect(results.filter(({ status }) => status === "fulfilled").length).toBe(1);
    expect(await readdir(root)).toEqual(["x"]);
    expect((await readRun(join(root, "x"))).record.seed).toBe(7);
  });
});

describe("checkWritable", () => {
  it("accepts a folder that can be made, however deep, and makes nothing", async () => {
    await checkWritable(join(root, "a", "b", "c"));
    expect(await readdir(root)).toEqual([]);
  });

  it("names the file that stands in the way", async () => {
    await writeFile(join(root, "file"), "");
    await expect(checkWritable(join(root, "file", "run"))).rejects.toThrow(
      /file is not a folder\. Choose a folder/,
    );
    await expect(checkWritable(join(root, "file"))).rejects.toThrow(/exists and is not a Kindred run/);
  });

  it.skipIf(process.platform !== "linux")("names a place that nobody may write to", async () => {
    await symlink("/proc", join(root, "proc"));
    await expect(checkWritable(join(root, "proc", "1", "run"))).rejects.toThrow(ConfigError);
  });
});

describe("nextRunFolder", () => {
  it("counts on from the highest number taken by the same data", async () => {
    for (const name of ["penguins-2", "penguins-10", "penguins-x", "other-30"]) await mkdir(join(root, name));
    expect(await nextRunFolder(root, "data/penguins.csv")).toBe(join(root, "penguins-11"));
    expect(await nextRunFolder(join(root, "none"), "my data (1).csv.gz")).toBe(
      join(root, "none", "my-data-1-1"),
    );
    expect(await nextRunFolder(root, "../..")).toBe(join(root, "run-1"));
  });
});
