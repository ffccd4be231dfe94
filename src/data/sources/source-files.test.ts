import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError } from "../../base/errors.js";
import { placeOf, type RawTable } from "../raw-table.js";
import { readRawTable } from "./index.js";
import { sourceFiles } from "./source-files.js";
import { shownSource, sourceKind, sourceStem } from "./source-kind.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kindred-files-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const valuesOf = ({ columns }: RawTable): Record<string, unknown> =>
  Object.fromEntries(
    columns.map((column) => [column.name, column.kind === "text" ? column.cells : [...column.numbers]]),
  );
const filesOf = async (source: string): Promise<readonly string[] | undefined> =>
  (await sourceFiles(join(folder, source)))?.files.map((path) => path.slice(folder.length + 1));

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).message).not.toContain("\n");
  return (error as DataError).message.replaceAll(`${folder}/`, "");
}

describe("several files", () => {
  it("of a folder are one table in natural order; hidden files and other files are not read", async () => {
    for (const n of [10, 9, 1]) file(`parts/p${n}.csv`, `n,x\n${n},1\n`);
    for (const name of ["_SUCCESS", ".p2.csv", "_p3.csv", "README", "notes.md"])
      file(`parts/${name}`, "n,x\n0,0\n");
    const table = await readRawTable(join(folder, "parts"));
    expect(valuesOf(table)["n"]).toEqual(["1", "9", "10"]);
    expect(await readRawTable(`${folder}/parts/`)).toEqual({
      ...table,
      source: `${folder}/parts/`,
      parts: expect.anything() as unknown,
    });
    expect(placeOf(table, 2).slice(folder.length + 1)).toBe("parts/p10.csv line 2");
  });

  it("may differ in their columns, which is noted", async () => {
    file("differ/a.csv", "x,y\n1,2\n");
    file("differ/b.csv", "y,z\n3,k\n");
    const table = await readRawTable(join(folder, "differ/*.csv"));
    expect(valuesOf(table)).toEqual({ x: ["1", null], y: ["2", "3"], z: [null, "k"] });
    expect(table.notes?.map(({ column, action }) => [column, action])).toEqual([
      ["x", "absent"],
      ["z", "absent"],
    ]);
  });

  it("in folders named key=value have a column for each key", async () => {
    file("hive/year=2023/month=1/a.jsonl", '{"x":1}\n');
    file("hive/year=2023/month=10/a.jsonl", '{"x":2}\n');
    file("hive/year=2024/month=2/a.jsonl", '{"x":3}\n');
    file("hive/year=__HIVE_DEFAULT_PARTITION__/month=a%20b/a.jsonl", '{"x":4,"month":"own"}\n');
    const table = await readRawTable(join(folder, "hive"));
    expect(valuesOf(table)).toEqual({
      x: [1, 2, 3, 4],
      year: ["2023", "2023", "2024", null],
      month: ["1", "10", "2", "own"],
    });
    expect(valuesOf(await readRawTable(join(folder, "hive/year=2023/*/*.jsonl")))).toMatchObject({
      month: ["1", "10"],
    });
  });

  it("without rows are left out, which is noted; none with rows is an error", async () => {
    file("thin/a.jsonl", '{"x":1,"y":1}\n');
    file("thin/b.json", "[]");
    const thin = await messageOf(readRawTable(join(folder, "thin")));
    expect(thin).toContain("thin: the folder must be tables of one format, got jsonl");
  });

  it("fit *, ?, [] and **, and never a hidden name unless it is asked for", async () => {
    for (const name of [
      "g/a1.csv",
      "g/a2.csv",
      "g/b1.csv",
      "g/.h.csv",
      "g/deep/a1.csv",
      "g/deep/er/a1.csv",
      "g/.git/a1.csv",
    ])
      file(name, "x,y\n1,2\n");
    expect(await filesOf("g/a?.csv")).toEqual(["g/a1.csv", "g/a2.csv"]);
    expect(await filesOf("g/[!a]*.csv")).toEqual(["g/b1.csv"]);
    expect(await filesOf("g/**/a1.csv")).toEqual(["g/a1.csv", "g/deep/a1.csv", "g/deep/er/a1.csv"]);
    expect(await filesOf("g/.*.csv")).toEqual(["g/.h.csv"]);
    expect(await filesOf("g/*/a1.csv")).toEqual(["g/deep/a1.csv"]);
    expect(await filesOf("*/deep/*.csv")).toEqual(["g/deep/a1.csv"]);
  });

  it("are not looked for where a file has the very name of the pattern", async () => {
    file("literal/*.csv", "x,y\n7,8\n");
    file("literal/[a].csv", "x,y\n9,8\n");
    file("literal/a.csv", "x,y\n1,2\n");
    expect(valuesOf(await readRawTable(join(folder, "literal/*.csv")))["x"]).toEqual(["7"]);
    expect(valuesOf(await readRawTable(join(folder, "literal/[a].csv")))["x"]).toEqual(["9"]);
    file("literal/*.jsonl", '{"x":1}\n');
    file("literal/b.jsonl", '{"x":2}\n');
    expect(valuesOf(await readRawTable(join(folder, "literal/*.jsonl")))["x"]).toEqual([1]);
  });

  it("are found through links to files, not through links to folders", async () => {
    file("linked/real/a.csv", "x,y\n1,2\n");
    symlinkSync(join(folder, "linked/real/a.csv"), join(folder, "linked/b.csv"));
    symlinkSync(join(folder, "linked"), join(folder, "linked/loop"));
    expect(await filesOf("linked")).toEqual(["linked/b.csv", "linked/real/a.csv"]);
  });

  it("that are not there are an error in one line", async () => {
    mkdirSync(join(folder, "nothing"), { recursive: true });
    expect(await messageOf(readRawTable(join(folder, "nothing")))).toBe(
      "nothing: the folder holds no table. Name the folder that holds the tables.",
    );
    expect(await messageOf(readRawTable(join(folder, "nothing/*.csv")))).toContain(
      "nothing/*.csv: the pattern fits no file",
    );
    expect(await messageOf(readRawTable(join(folder, "parts/p99.csv")))).toContain("does not exist");
  });
});

describe("names of files", () => {
  const wild = fc
    .array(
      fc.constantFrom(
        "'",
        '"',
        ";",
        "--",
        "\n",
        "\\",
        "$",
        "$$",
        "*",
        "?",
        "[a]",
        "{x}",
        "%",
        "a",
        "\u202e",
        "é",
        "é",
        " ",
        "(",
        ")",
        "=",
        "~",
        "#",
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((parts) => parts.join(""));

  it.each(["csv", "jsonl", "parquet"])(
    "may hold anything, and so may names of columns (%s)",
    async (ending) => {
      const { writeTable } = await import("./index.js");
      let n = 0;
      await fc.assert(
        fc.asyncProperty(wild, wild, async (name, column) => {
          const home = join(folder, `wild-${ending}-${n++}`);
          const path = join(home, `${name}.${ending}`);
          mkdirSync(home);
          const columns = [
            { name: `c${column}c`, type: "number", values: [1.5, 2.5] },
            { name: "other", type: "string", values: ["u", "v"] },
          ] as const;
          await writeTable(path, columns);
          const table = await readRawTable(path);
          expect(table.columns.map((read) => read.name)).toEqual([`c${column}c`, "other"]);
          expect(table.rows).toBe(2);
          const { readdirSync } = await import("node:fs");
          expect(readdirSync(home)).toEqual([`${name}.${ending}`]);
        }),
        { numRuns: 12 },
      );
    },
  );
});

describe("what a source is", () => {
  it("is told by its beginning, and addresses are refused", () => {
    expect(sourceKind("a.csv")).toBe("path");
    expect(sourceKind("selection.csv")).toBe("path");
    expect(sourceKind(" SELECT\n1")).toBe("query");
    expect(sourceKind("sqlite:shop.db#orders")).toBe("sqlite");
    expect(sourceKind("postgresql://host/db#t")).toBe("postgres");
    expect(() => sourceKind("s3://bucket/a.parquet")).toThrow(
      "s3://bucket/a.parquet: the table has an address, and nothing is fetched. Fetch the file first and name it here.",
    );
    expect(() => sourceKind("https://me:secret@host/a.csv")).toThrow("https://me@host/a.csv: ");
  });

  it("is shown on one line and without its password", () => {
    expect(shownSource("select *\n  from 'a.csv'")).toBe("select * from 'a.csv'");
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.boolean(), (rest, encoded) => {
        const secret = `S${encoded ? encodeURIComponent(rest.replaceAll(/[\uD800-\uDFFF]/g, "")) : rest.replaceAll("@", "").replaceAll(/\s/g, "")}S`;
        expect(shownSource(`postgres://me:${secret}@host/db#t`)).toBe("postgres://me@host/db#t");
      }),
    );
    expect(shownSource("postgres://host/db?password=secret&sslmode=require#t")).toBe(
      "postgres://host/db?password=…&sslmode=require#t",
    );
  });

  it("gives what is learned from it a name", () => {
    const names = [
      "runs/a.csv",
      "parts/*.parquet",
      "parts/",
      "select 1",
      "sqlite:shop.db#orders",
      "postgres://h/d#select 1",
    ];
    expect(names.map(sourceStem)).toEqual(["a.csv", "parts", "parts", "query", "orders", "query"]);
  });
});
