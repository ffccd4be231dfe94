import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkpointFiles } from "./checkpoint-files.js";
import { sealed, unsealed } from "./sealed-bytes.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-checkpoint-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array | undefined): string | undefined =>
  content && new TextDecoder().decode(content);

/** The files there are, the newest last. */
const files = async (): Promise<string[]> => (await readdir(folder)).sort().map((name) => join(folder, name));

describe("sealed bytes", () => {
  it("come back as they were, also none", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (content) => {
        const found = unsealed(sealed(content));
        expect("content" in found && new Uint8Array(found.content)).toEqual(content);
      }),
    );
  });

  it("are refused after any one bit has turned over", () => {
    const content = bytes("parameters");
    const whole = sealed(content);
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const spoiled = whole.slice();
      spoiled[bit >> 3]! ^= 1 << (bit & 7);
      expect(unsealed(spoiled)).toHaveProperty("problem");
    }
  });

  it("are refused at every shorter length, and when something follows", () => {
    const whole = sealed(bytes("parameters"));
    for (let length = 0; length < whole.length; length++)
      expect(unsealed(whole.subarray(0, length))).toHaveProperty("problem");
    expect(unsealed(Uint8Array.from([...whole, 0]))).toHaveProperty("problem");
  });

  it("are refused in any other form", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (foreign) => {
        expect(unsealed(foreign)).toHaveProperty("problem");
      }),
    );
    const newer = sealed(bytes("parameters"));
    newer[8] = 2;
    expect(unsealed(newer)).toEqual({ problem: "has the format 2 instead of 1" });
  });
});

describe("checkpoint files", () => {
  it("give nothing where nothing was saved", async () => {
    expect(await checkpointFiles(folder, "a").load()).toBeUndefined();
  });

  it("give the newest back and keep two", async () => {
    const store = checkpointFiles(folder, "a");
    for (let n = 1; n <= 12; n++) await store.save(bytes(`state ${n}`));
    expect(text(await store.load())).toBe("state 12");
    expect(text(await checkpointFiles(folder, "a").load())).toBe("state 12");
    expect((await files()).map((path) => path.split(".").slice(-2)[0])).toEqual(["11", "12"]);
  });

  it("keep models apart, whatever their names are", async () => {
    const names = ["together", "a/b", "a b", "../a", "a.1", "a", "ä", "_".repeat(300), ""];
    for (const name of names) await checkpointFiles(folder, name).save(bytes(`of ${name}`));
    for (const name of names) expect(text(await checkpointFiles(folder, name).load())).toBe(`of ${name}`);
  });

  const damages: readonly (readonly [string, (path: string) => Promise<void>])[] = [
    ["cut off", (path) => truncate(path, 70)],
    ["emptied", (path) => truncate(path, 0)],
    ["overwritten by something else", (path) => writeFile(path, "dear diary".repeat(20))],
    [
      "changed in one bit",
      async (path) => {
        const content = await readFile(path);
        content[content.length - 3]! ^= 4;
        await writeFile(path, content);
      },
    ],
  ];

  it.each(damages)("fall back to the older one when the newest is %s, and say so", async (_, damage) => {
    const told: string[] = [];
    const store = checkpointFiles(folder, "a", (notice) => told.push(notice));
    await store.save(bytes("older"));
    await store.save(bytes("newer, of some length"));
    const newest = (await files()).at(-1)!;
    await damage(newest);
    expect(text(await store.load())).toBe("older");
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(newest);
    await store.save(bytes("newest"));
    expect(text(await store.load())).toBe("newest");
    expect(told).toHaveLength(1);
  });

  it.each(damages)("give nothing when the only one is %s", async (_, damage) => {
    const store = checkpointFiles(folder, "a");
    await store.save(bytes("state"));
    await damage((await files())[0]!);
    expect(await store.load()).toBeUndefined();
  });

  it("do not read what was being written when the process ended", async () => {
    const store = checkpointFiles(folder, "a");
    await store.save(bytes("state 1"));
    const [first] = (await files()) as [string];
    await writeFile(first.replace(/\.1\.checkpoint$/, ".2.checkpoint.partial"), sealed(bytes("state 2")));
    expect(text(await store.load())).toBe("state 1");
    await store.save(bytes("state 3"));
    expect(text(await store.load())).toBe("state 3");
  });
});
