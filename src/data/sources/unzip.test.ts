import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { unzip } from "./unzip.js";

const MIB = 2 ** 20;

describe("unzip", () => {
  it("reads data of several members as one text", async () => {
    const members = ["a,b\n", "1,2\n", "3,4\n"].map((text) => gzipSync(text));
    expect((await unzip(Buffer.concat(members), "t.csv.gz", MIB)).toString()).toBe("a,b\n1,2\n3,4\n");
  });

  it("refuses data cut off anywhere, and damaged data", async () => {
    const zipped = gzipSync("a,b\n".repeat(1000));
    for (const length of [zipped.length - 1, zipped.length - 9, 20, 11]) {
      await expect(unzip(zipped.subarray(0, length), "t.csv.gz", MIB)).rejects.toThrow(
        "t.csv.gz: the file ends before its zipped data does. Fetch or zip it again.",
      );
    }
    const damaged = Uint8Array.from(zipped);
    damaged[12]! ^= 0xff;
    await expect(unzip(damaged, "t.csv.gz", MIB)).rejects.toThrow("its zipped data is damaged");
  });

  it("stops where text grows beyond its limit, or beyond all measure, without unzipping the rest", async () => {
    const text = Buffer.from(Array.from({ length: 50_000 }, (_, i) => `${(i * 7919) % 10007}\n`).join(""));
    const zipped = gzipSync(text);
    await expect(unzip(zipped, "t.csv.gz", text.length - 1)).rejects.toThrow(
      "t.csv.gz: the zipped file must be",
    );
    expect(await unzip(zipped, "t.csv.gz", text.length)).toEqual(text);
    const bomb = gzipSync(Buffer.alloc(80 * MIB, "1,1\n"));
    await expect(unzip(bomb, "bomb.csv.gz", 512 * MIB)).rejects.toThrow(
      /got more than 6[4-6] MiB, \d{3} times its size/,
    );
  });

  it("reads text in full whose beginning is duller than the rest", async () => {
    const dull = Buffer.alloc(65 * MIB, "1,1\n");
    const digits = Array.from(
      { length: 200_000 },
      (_, i) => `${(i * 7919) % 100_003},${(i * 31) % 65_537}\n`,
    );
    const text = Buffer.concat([dull, Buffer.from(digits.join(""))]);
    const read = await unzip(gzipSync(text), "t.csv.gz", 512 * MIB);
    expect(text.equals(read)).toBe(true);
  });
});
