import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError } from "../../base/errors.js";
import type { RawTable } from "../raw-table.js";
import { literal } from "./database.js";
import { readRawTable, writeTable } from "./index.js";
import { queryFromFolder } from "./read-sql.js";

let folder = "";
let home = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kindred-sql-"));
  home = process.cwd();
  process.chdir(folder);
  writeFileSync(
    "x.csv",
    'id,a,code,day,ok,name\n1,2,007,2024-01-01,true,"q, r"\n2,3,010,2024-02-01,false,s\n3,4,011,,true,\n',
  );
  writeFileSync("y.jsonl", '{"id":1,"w":0.5}\n{"id":2,"w":1.5}\n{"id":3,"w":2.5}\n');
  writeFileSync("secret.csv", "s,t\n1,2\n");
  mkdirSync("parts");
  for (const n of [10, 9]) writeFileSync(`parts/p${n}.jsonl`, `{"id":${n},"w":1}\n`);
  await writeTable("z.parquet", [
    { name: "id", type: "integer", values: [1, 2, 2] },
    { name: "v", type: "number", values: [0.25, 0.5, 0.75] },
  ]);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const valuesOf = ({ columns }: RawTable): Record<string, unknown> =>
  Object.fromEntries(
    columns.map((column) => [column.name, column.kind === "text" ? column.cells : [...column.numbers]]),
  );
const rows = async (query: string): Promise<unknown> => valuesOf(await readRawTable(query));

async function messageOf(query: string): Promise<string> {
  const error = await readRawTable(query).catch((cause: unknown) => cause);
  expect(error, query).toBeInstanceOf(DataError);
  expect((error as DataError).message).not.toContain("\n");
  return (error as DataError).message;
}

describe("a query", () => {
  it("reads delimited text with the types of its values; codes with a leading 0 stay text", async () => {
    expect(await rows("select * from 'x.csv'")).toEqual({
      id: [1, 2, 3],
      a: [2, 3, 4],
      code: ["007", "010", "011"],
      day: [19723, 19754, Number.NaN],
      ok: [1, 0, 1],
      name: ["q, r", "s", null],
    });
    expect(await rows("SELECT name, year(day) AS y FROM 'x.csv' WHERE day > DATE '2024-01-15'")).toEqual({
      name: ["s"],
      y: [2024],
    });
  });

  it("joins files of all formats, which are called by their stems or by an alias", async () => {
    expect(await rows("select x.a, y.w from 'x.csv' join 'y.jsonl' on x.id = y.id where w > 1")).toEqual({
      a: [3, 4],
      w: [1.5, 2.5],
    });
    expect(
      await rows(`select sum(z.v) v, t.id from "z.parquet" as z join 'x.csv' t using (id) group by t.id`),
    ).toEqual({
      v: [0.25, 1.25],
      id: [1, 2],
    });
    expect(await rows("from read_json(['y.jsonl']) select max(w) m")).toEqual({ m: [2.5] });
  });

  it("reads folders and patterns, in natural order", async () => {
    expect(await rows("from 'parts' select id")).toEqual({ id: [9, 10] });
    expect(await rows("select id from 'parts/*.jsonl'")).toEqual({ id: [9, 10] });
    expect(await rows("select id from read_json('parts/p1?.jsonl')")).toEqual({ id: [10] });
  });

  it("may have tables, comments and a semicolon of its own", async () => {
    expect(
      await rows("with t as (select * from 'x.csv') select t.a from t order by a desc; -- the end"),
    ).toEqual({ a: [4, 3, 2] });
    expect(
      await rows(
        "with recursive t(n) as (select 1 union all select n + 1 from t where n < 3) select n from t",
      ),
    ).toEqual({ n: [1, 2, 3] });
  });

  it("sorts its rows by all columns where nothing else decides their order, and says so", async () => {
    const plain = await readRawTable("select id, a from 'x.csv' where a > 2");
    expect(plain.notes ?? []).toEqual([]);
    const joined = await readRawTable("select y.w, x.id from 'x.csv' join 'y.jsonl' using (id)");
    expect(valuesOf(joined)).toEqual({ w: [0.5, 1.5, 2.5], id: [1, 2, 3] });
    expect(joined.notes).toMatchObject([{ column: "", action: "sorted" }]);
    const ordered = await readRawTable("select y.w from 'x.csv' join 'y.jsonl' using (id) order by w desc");
    expect([valuesOf(ordered), ordered.notes]).toEqual([{ w: [2.5, 1.5, 0.5] }, undefined]);
    for (const query of [
      "select distinct ok from 'x.csv'",
      "select a, row_number() over (order by a desc) r from 'x.csv'",
      "select a from 'x.csv' where id in (from 'y.jsonl' select id)",
    ])
      expect((await readRawTable(query)).notes, query).toMatchObject([{ action: "sorted" }]);
  });

  it("of a study file is led through its folder", async () => {
    expect(
      await queryFromFolder(
        "select 'a.csv' as s, x.a from 'x.csv', \"sub/y.csv\" y, read_csv(['/z.csv', 'u.csv'])",
        "studies",
      ),
    ).toBe(
      "select 'a.csv' as s, x.a from 'studies/x.csv', 'studies/sub/y.csv' y, read_csv(['/z.csv', 'studies/u.csv'])",
    );
  });
});

describe("a query is refused, in one line,", () => {
  it("with line and column of what is wrong in it, past the names of files", async () => {
    expect(await messageOf("select b from 'x.csv'")).toBe(
      'query line 1, column 8: the statement cannot be run: Referenced column "b" not found in FROM clause. Candidate bindings: "a".',
    );
    expect(await messageOf("select x.a\nfrom 'x.csv' join 'y.jsonl' using (id)\nwhere x.aa > 1")).toContain(
      "query line 3, column 7: ",
    );
    expect(await messageOf("select 1 fro 'x.csv'")).toContain(
      "query line 1, column 14: the statement cannot be run: syntax error",
    );
    expect(await messageOf("select cast(name as integer) n from 'x.csv'")).toContain(
      "Could not convert string 'q, r'",
    );
  });

  it.each([
    ["select 1; select 2", "must be one SELECT"],
    ["with t as (select 1) insert into t select 2", "must be one SELECT"],
    ["from (describe select * from 'x.csv')", "must be one SELECT"],
    ["select * from read_text('secret.csv')", "the function read_text reads no table of a file"],
    ["select * from read_blob('secret.csv')", "reads no table of a file"],
    ["select * from glob('*')", "reads no table of a file"],
    ["select * from sniff_csv('secret.csv')", "reads no table of a file"],
    ["select * from duckdb_settings()", "reads no table of a file"],
    ["select * from pragma_database_list()", "reads no table of a file"],
    ["select * from sqlite_scan('a.db', 't')", "reads no table of a file"],
    ["select * from query('select 1')", "reads no table of a file"],
    ["select * from read_csv('secret' || '.csv')", "is not written out"],
    ["select * from read_csv((select 'secret.csv'))", "is not written out"],
    ["select * from orders", "the table orders is no file in quotes"],
    ["select * from x.csv", "the table x.csv is no file in quotes"],
    ["select * from $$secret.csv$$", "is no file in quotes"],
    ["select * from 'http://example.org/a.csv'", "nothing is fetched"],
    ["select * from 's3://bucket/*.parquet'", "nothing is fetched"],
    ["select * from '/etc/passwd'", "the file's name must be one that ends in"],
    ["select * from 'nix.csv'", 'the file does not exist. Did you mean "x.csv"'],
    ["select random() from 'x.csv'", "random() gives other rows at every run"],
    ["select * from 'x.csv' where day < current_date", "gives other rows at every run"],
    ["select * from 'x.csv' using sample 2", "a sample without a seed"],
    ["select getenv('HOME') h from 'x.csv'", "getenv"],
    ["select * from (from 'x.csv') where id > (select s from read_text('secret.csv'))", "read_text"],
  ])("%s", async (query, words) => {
    const before = readdirSync(".");
    expect(await messageOf(query)).toContain(words);
    expect(readdirSync(".")).toEqual(before);
  });
});

describe("names in a query", () => {
  const wild = fc
    .array(
      fc.constantFrom(
        "'",
        '"',
        ";",
        "--",
        "\\",
        "$",
        "$$",
        "*",
        "[a]",
        "%",
        "a",
        "B",
        "é",
        "😀",
        " ",
        "(",
        ")",
        "/*",
        "\n",
      ),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((parts) => parts.join("").replaceAll("/*", "∕*"));

  it("of files and columns may hold anything, and no other file is touched", async () => {
    let n = 0;
    const secret = readFileSync("secret.csv", "utf8");
    await fc.assert(
      fc.asyncProperty(
        wild,
        wild,
        fc.constantFrom("csv", "parquet", "jsonl"),
        async (name, column, ending) => {
          const own = join(folder, `wild-${n++}`);
          mkdirSync(own);
          const path = join(own, `v${name}.${ending}`);
          await writeTable(path, [
            { name: `c${column}c`, type: "number", values: [1.5, 2.5] },
            { name: "k", type: "string", values: ["u", "v"] },
          ]);
          const table = await readRawTable(`select * from ${literal(path)} t where k = 'v'`);
          expect(table.columns.map((read) => read.name)).toEqual([`c${column}c`, "k"]);
          expect(table.rows).toBe(1);
          expect(readdirSync(own)).toEqual([basename(path)]);
          expect(await queryFromFolder(`select 1 from ${literal(basename(path))}`, dirname(path))).toBe(
            `select 1 from ${literal(path)}`,
          );
        },
      ),
      { numRuns: 15 },
    );
    expect(readFileSync("secret.csv", "utf8")).toBe(secret);
  });
});

describe("a query over JSON nested beyond all measure", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const refusal = "a value must be nested at most 100 levels deep";

  it("is refused for a file, a folder, a pattern, zipped files and the arguments of functions", async () => {
    mkdirSync("deep");
    writeFileSync("deep/one.json", `[{"a":${deep}}]`);
    writeFileSync("deep/lines.jsonl", `{"a":1}\n{"a":${deep}}\n`);
    writeFileSync("deep/zipped.jsonl.gz", gzipSync(`{"a":${deep}}\n`));
    writeFileSync("deep/hidden.jsonl", `{"a":"open}\n{"a":${deep}}\n`);
    mkdirSync("deep/folder");
    writeFileSync("deep/folder/one.json", `[{"a":${deep}}]`);
    for (const from of [
      "'deep/one.json'",
      "'deep/lines.jsonl'",
      "'deep/zipped.jsonl.gz'",
      "'deep/folder'",
      "'deep/folder/*.json'",
      "read_json('deep/one.json')",
      "read_json_auto(['y.jsonl', 'deep/lines.jsonl'])",
      "read_ndjson('deep/zipped.jsonl.gz')",
      "read_ndjson('deep/hidden.jsonl', ignore_errors = true)",
      "read_json('deep/folder/*.json')",
    ])
      expect(await messageOf(`select * from ${from}`), from).toContain(refusal);
  });

  it("is refused where a function would go through text of any depth; paths into it are not", async () => {
    for (const call of ["json_structure(name)", "json_contains(name, '1')", "json_merge_patch(name, name)"])
      expect(await messageOf(`select ${call} from 'x.csv'`), call).toContain(
        "may end the process at text nested very deep",
      );
    writeFileSync("deep/text.csv", `n,v\n1,"${deep}"\n2,"[5]"\n`);
    expect(
      await rows("select n, json_extract_string(v, '$[0]') as first from 'deep/text.csv' where n = 2"),
    ).toEqual({
      n: [2],
      first: ["5"],
    });
  });
});
