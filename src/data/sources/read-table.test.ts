import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError } from "../../base/errors.js";
import { fitInputEncoding } from "../fit-encoding.js";
import { columnOf, isNumberColumn, type Table } from "../table.js";
import { readCodedTable, readRawTable, readTable } from "./index.js";
import { rawFromText } from "./raw-text.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kindred-data-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(DataError);
  const { message } = error as DataError;
  expect(message).not.toContain("\n");
  return message.replaceAll(`${folder}/`, "");
}

const numbers = (table: Table, name: string): number[] => {
  const column = columnOf(table, name);
  return isNumberColumn(column) ? [...column.numbers] : [];
};
const strings = (table: Table, name: string): readonly (string | null)[] => {
  const column = columnOf(table, name);
  return isNumberColumn(column) ? [] : column.strings;
};

const CSV = "size,colour,sold\n1.5,red,true\n2.5,blue,false\n,red,true\n4.5,,false\n";

describe("readTable reads", () => {
  const expectHouses = (table: Table): void => {
    expect(table.columns.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      "size: numeric",
      "colour: category",
      "sold: boolean",
    ]);
    expect(numbers(table, "size")).toEqual([1.5, 2.5, Number.NaN, 4.5]);
    expect(strings(table, "colour")).toEqual(["red", "blue", "red", null]);
    expect(numbers(table, "sold")).toEqual([1, 0, 1, 0]);
  };

  it("CSV, with a byte order mark, CRLF and gzip alike", async () => {
    expectHouses(await readTable(file("a.csv", CSV)));
    expectHouses(await readTable(file("bom.csv", `\uFEFF${CSV.replaceAll("\n", "\r\n")}`)));
    expectHouses(await readTable(file("a.csv.gz", gzipSync(CSV))));
  });

  it("semicolons, bars and tabs", async () => {
    expectHouses(await readTable(file("semicolon.csv", CSV.replaceAll(",", ";"))));
    expectHouses(await readTable(file("bar.csv", CSV.replaceAll(",", "|"))));
    expectHouses(await readTable(file("tab.tsv", CSV.replaceAll(",", "\t"))));
  });

  it("JSON, JSON Lines and standard input in any format", async () => {
    const rows = [
      { size: 1.5, colour: "red", sold: true },
      { size: 2.5, colour: "blue", sold: false },
      { size: null, colour: "red", sold: true },
      { size: 4.5, colour: null, sold: false },
    ];
    const lines = rows.map((row) => JSON.stringify(row)).join("\n");
    expectHouses(await readTable(file("a.json", JSON.stringify(rows))));
    expectHouses(await readTable(file("a.jsonl", lines)));
    expectHouses(await readTable(file("a.ndjson", lines)));
    const stream = async function* (): AsyncIterable<Uint8Array> {
      yield Buffer.from(lines.slice(0, 20));
      yield Buffer.from(lines.slice(20));
    };
    expectHouses(await readTable("-", { format: "jsonl", stream: stream() }));
    expectHouses(
      await readTable("-", {
        stream: (async function* () {
          yield CSV;
        })(),
      }),
    );
  });

  it("dates and numbers mixed with NA from JSON", async () => {
    const lines = ['{"day":"2024-01-02","n":1}', '{"day":"2024-01-03","n":"NA"}', '{"day":null,"n":2.5}'];
    const table = await readTable(file("mixed.jsonl", lines.join("\n")));
    expect(numbers(table, "day")).toEqual([19724, 19725, Number.NaN]);
    expect(numbers(table, "n")).toEqual([1, Number.NaN, 2.5]);
  });

  it("files whose names hold quotes, wildcards and SQL", async () => {
    const name = "x'); DROP TABLE t; --[1]*?.jsonl";
    const table = await readTable(file(name, '{"a":1,"b":2}\n{"a":2,"b":3}'));
    expect(numbers(table, "a")).toEqual([1, 2]);
  });

  it("rows in their order, also from long files", async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `{"place":${(i * 7919) % 30_000},"b":"x"}`);
    const table = await readTable(file("long.jsonl", rows.join("\n")), { types: { place: "numeric" } });
    expect(numbers(table, "place").every((x, i) => x === (i * 7919) % 30_000)).toBe(true);
  });
});

describe("readTable on the penguins of vega-datasets", () => {
  it("takes the lone point among the sexes as missing, and says so", async () => {
    const path = fileURLToPath(
      new URL("../../../node_modules/vega-datasets/data/penguins.json", import.meta.url),
    );
    const table = await readTable(path);
    expect(table.rows).toBe(344);
    expect(table.profiles.map(({ type }) => type)).toEqual([
      "category",
      "category",
      "numeric",
      "numeric",
      "numeric",
      "numeric",
      "category",
    ]);
    expect(table.profiles.at(-1)).toMatchObject({ name: "Sex", missing: 11, distinct: 2 });
    expect(table.cleaning).toEqual([{ column: "Sex", action: "taken as missing", detail: '"." in 1 row' }]);
  });
});

describe("readTable refuses, in one line,", () => {
  it("a missing file, naming the nearest", async () => {
    file("houses.csv", CSV);
    expect(await messageOf(readTable(join(folder, "house.csv")))).toContain(
      'house.csv: the file does not exist. Did you mean "houses.csv"',
    );
    expect(await messageOf(readTable(join(folder, "nowhere", "house.csv")))).toContain(
      "does not exist either.",
    );
  });

  it("a folder, an unknown ending and an empty file", async () => {
    const { mkdirSync } = await import("node:fs");
    mkdirSync(join(folder, "dir.csv"));
    expect(await messageOf(readTable(join(folder, "dir.csv")))).toBe(
      "dir.csv: the folder holds no table. Name the folder that holds the tables.",
    );
    expect(await messageOf(readTable(file("a.xlsx", "x")))).toContain(
      "must be one that ends in .csv, .tsv, .txt, .json, .jsonl, .arrow (all also with .gz) or .parquet, got .xlsx. Save the sheet as CSV",
    );
    expect(await messageOf(readTable(file("a.parquet.gz", "x")))).toContain("got .parquet.gz. Decompress it");
    expect(await messageOf(readTable(file("empty.csv", "")))).toBe(
      "empty.csv: the file is empty. Export the table again.",
    );
  });

  it("bytes that are not UTF-8, with line and offset", async () => {
    const bytes = Buffer.concat([Buffer.from("a,b\n1,caf\u00e9\n2,"), Buffer.from([0xe9, 0x0a])]);
    expect(await messageOf(readTable(file("latin.csv", bytes)))).toBe(
      "latin.csv line 3: the text must be UTF-8, got byte 0xe9 at offset 14. Save the file again as UTF-8, or set charset.",
    );
  });

  it("corrupt JSON and Parquet, with the reason in short", async () => {
    expect(await messageOf(readTable(file("bad.json", '[{"a":1},{"a":')))).toContain(
      "bad.json: the file cannot be read as JSON",
    );
    const parquet = await messageOf(readTable(file("bad.parquet", "PAR1 this is no parquet")));
    expect(parquet).toContain("bad.parquet: the file cannot be read as Parquet");
    expect(parquet).not.toContain("/");
  });

  it("JSON of another shape, and broken lines by their number", async () => {
    expect(await messageOf(readTable(file("b.jsonl", '{"a":1,"b":2}\n\n{"a":1,"b":}\n')))).toBe(
      "b.jsonl line 3: the line must be a JSON object, got broken JSON. Write one whole object on every line.",
    );
    expect(await messageOf(readTable(file("object.json", '{"a":1,"b":2}')))).toContain(
      "must be an array of objects, got an object",
    );
    expect(await messageOf(readTable(file("none.json", "[]")))).toBe("none.json: the table has no rows.");
    expect(await messageOf(readTable(file("numbers.json", '[{"a":1},2]')))).toContain(
      "numbers.json record 2: the record must be an object",
    );
  });

  it("infinite numbers in JSON, unless they are listed as missing", async () => {
    const path = file("inf.json", '[{"a":1,"b":1},{"a":1e999,"b":2},{"a":-999,"b":2}]');
    expect(await messageOf(readTable(path))).toContain(
      'inf.json record 2: column "a" must be a finite number within ±3.4e38, got Infinity.',
    );
    const table = await readTable(path, { missing: ["Infinity", "-999"] });
    expect(numbers(table, "a")).toEqual([1, Number.NaN, Number.NaN]);
    expect(table.cleaning.map(({ detail }) => detail)).toEqual(['"Infinity" in 1 row', '"-999" in 1 row']);
  });

  it("nested JSON, naming the column", async () => {
    expect(await messageOf(readTable(file("nested.json", '[{"a":1,"b":{"c":2}}]')))).toContain(
      'column "b" must be strings, numbers, booleans, dates or arrays of numbers, got STRUCT',
    );
  });
});

describe("readCodedTable", () => {
  it("follows the model's types, ignores other columns and keeps one-column files", async () => {
    const table = await readTable(
      file("train.csv", "code,colour,y\n1,red,1.5\n2,blue,2.5\n1,red,0.5\n2,blue,1\n"),
      {
        types: { code: "category" },
      },
    );
    const { encoding } = fitInputEncoding(table, ["code", "colour"], Int32Array.of(0, 1, 2, 3));
    const fresh = await readCodedTable(file("new.csv", "colour,extra,code\ngreen,?,1\n.,?,3.5\n"), encoding);
    expect(fresh.columns).toEqual([
      { name: "code", type: "category", strings: ["1", "3.5"], codes: true },
      { name: "colour", type: "category", strings: ["green", null] },
    ]);
    const one = fitInputEncoding(table, ["y"], Int32Array.of(0, 1, 2, 3));
    const single = await readCodedTable(file("one.csv", "y\nNA\n7\n"), one.encoding);
    expect(numbers(single, "y")).toEqual([Number.NaN, 7]);
  });

  it("names missing inputs, and the line of a value it cannot read", async () => {
    const table = await readTable(file("t.csv", "a,b,c\n1.5,2.5,x\n2,3,y\n0.5,1.5,x\n"));
    const { encoding } = fitInputEncoding(table, ["a", "b"], Int32Array.of(0, 1, 2));
    expect(await messageOf(readCodedTable(file("p.csv", "c,d\nx,y\n"), encoding))).toBe(
      'p.csv: columns "a", "b" are inputs of the model but are not in the table. The table has c, d.',
    );
    expect(await messageOf(readCodedTable(file("q.csv", "a,b\n1,2\n1,two\n"), encoding))).toBe(
      'q.csv line 3: column "b" must be a number, got "two". Correct the value, or list "two" under missing.',
    );
  });
});

describe("JSON that the database would read as something else", () => {
  it.each([
    [
      "nested beyond all measure",
      `[{"a":${"[".repeat(50_000)}`,
      /deep\.json record 1: a value must be nested at most 100/,
    ],
    [
      "a record that is null",
      '[{"a":1,"b":2},null]',
      /deep\.json record 2: the record must be an object.*got null/,
    ],
    ["a NUL in a name", '[{"a\\u0000":1,"b":2}]', /column names must be names without the sign NUL/],
    [
      "more after its array",
      '[{"a":1}]{"a":2}]',
      /deep\.json record 1: the array ends here, and more text follows/,
    ],
    [
      "no end of its array",
      '[{"a":1},{"a":2},',
      /deep\.json record 2: the array is not closed before the file ends/,
    ],
    ["nothing in its array, and no end", "[", /deep\.json: the array is not closed before the file ends/],
    ["records without a key", "[{},{}]", /the table has records without a single key/],
  ])("is refused: %s", async (_, text, message) => {
    expect(await messageOf(readTable(file("deep.json", text)))).toMatch(message);
  });

  it("keeps words that look like dates, times and UUIDs as they are, and many columns apart", async () => {
    const named = { a: "Infinity", b: "epoch", c: "1:02:03", d: "ABCDEF00-0000-0000-0000-000000000000" };
    const raw = await readRawTable(file("words.json", JSON.stringify([named])));
    expect(raw.columns.map((column) => column.kind === "text" && column.cells[0])).toEqual(
      Object.values(named),
    );
    const odd = { "": "x", C1: "epoch", y: "Infinity", Y: "12:30", z: "2024-01-02" }; // names that the database changes
    const changed = [
      { ...odd, n: 1.5 },
      { n: null, b: true, l: [1, 2.5] },
      { y: 7, n: -2, b: false },
    ];
    const name = (key: string): string => key || "column 1";
    for (const [path, text] of [
      ["odd.json", `\uFEFF${JSON.stringify(changed)}`],
      ["odd.jsonl", changed.map((record) => JSON.stringify(record)).join("\n")],
    ] as const) {
      const { columns } = await readRawTable(file(path, text));
      const values = columns.map((column) => [
        column.name,
        column.kind === "text" ? column.cells : [...column.numbers],
      ]);
      expect(Object.fromEntries(values)).toEqual({
        ...Object.fromEntries(Object.entries(odd).map(([key, value]) => [name(key), [value, null, null]])),
        y: ["Infinity", null, "7"],
        n: [1.5, Number.NaN, -2],
        b: [Number.NaN, 1, 0],
        "l[0]": [Number.NaN, 1, Number.NaN],
        "l[1]": [Number.NaN, 2.5, Number.NaN],
      });
    }
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, i]));
    expect((await readRawTable(file("wide.jsonl", JSON.stringify(wide)))).columns).toHaveLength(1000);
  });

  it("keeps the sign U+FEFF at the beginning of a text", async () => {
    const rows = ["\uFEFFx", "\uFEFF", "\uFEFF\uFEFFy", "z\uFEFF"];
    const json = await readRawTable(file("marks.json", JSON.stringify(rows.map((a) => ({ a })))));
    const text = `a,b\n${rows.map((a) => `${a},1\n`).join("")}`;
    const csv = await readRawTable(file("marks.csv", text));
    for (const { columns } of [json, csv, rawFromText(text)])
      expect(columns[0]).toEqual({ name: "a", kind: "text", cells: rows });
    const records = [{ "\uFEFFk": 1, k: 2, K: 3, "\uFEFFK": 4 }, { k: 5 }]; // of names
    const named = await readRawTable(file("marked-names.json", JSON.stringify(records)));
    expect(named.columns.map((column) => [column.name, column.kind !== "text" && column.numbers[0]])).toEqual(
      Object.entries(records[0]!),
    );
  });
});
