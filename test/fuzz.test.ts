import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allTargets, type TargetName } from "../bench/fuzz/all-targets.js";
import { drive } from "../bench/fuzz/drive.js";
import { shareDatabase } from "../bench/fuzz/one-database.js";

/** How many inputs of each target are tried here; `npm run bench -- fuzz` tries 200,000. */
const COUNTS: Readonly<Partial<Record<TargetName, number>>> = {
  csv: 400,
  json: 300,
  yaml: 400,
  tables: 500,
  rows: 600,
  flags: 500,
  models: 150,
  runs: 40,
};

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-fuzz-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("inputs from grammars with faults and with changed bytes", () => {
  it.each(Object.entries(COUNTS) as [TargetName, number][])(
    "%s: each of %i is read right or refused in one line",
    async (name, count) => {
      const target = await allTargets()[name](folder);
      const release = await shareDatabase();
      try {
        const { inputs, read, refused, findings } = await drive(target, { seed: 20, count }, { most: 1 });
        expect(findings.map(({ message, input }) => `${message}\n${Buffer.from(input).toString()}`)).toEqual(
          [],
        );
        expect([inputs, read + refused]).toEqual([count, count]);
        expect(Math.min(read, refused)).toBeGreaterThan(count / 100);
      } finally {
        release();
      }
    },
  );

  it("a reader that fails is found out, and its input made small", async () => {
    const rows = await allTargets().rows(folder);
    const broken = {
      ...rows,
      run: async (input: unknown) => {
        if (JSON.stringify(input).includes("getter")) throw new Error("a getter");
        return "read" as const;
      },
    };
    const { findings } = await drive(broken, { seed: 1, count: 2000 }, { most: 1 });
    expect(JSON.parse(String(findings[0]!.input))).toEqual({ rows: [{ form: "getter", fields: [] }] });
  });
});
