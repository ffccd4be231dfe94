import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KindredError } from "../src/base/errors.js";
import { readTable, writeTable } from "../src/data/sources/index.js";
import { readStudyFile } from "../src/study/study-file.js";
import { enter, everything, kindred, leave } from "./cli-run.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kindred-hostile-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Content = string | Uint8Array | ((path: string) => void | Promise<void>);
type Values = Readonly<Record<string, readonly unknown[]>>;

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([...part]))));

async function made(name: string, content?: Content): Promise<string> {
  const path = join(folder, name);
  if (typeof content === "function") await content(path);
  else if (content !== undefined) writeFileSync(path, content);
  return path;
}

const parquet = (change: (whole: Buffer) => Uint8Array) => async (path: string) => {
  const parts: Buffer[] = [];
  const write = (part: Uint8Array | string, done: () => void): void => {
    parts.push(Buffer.from(part));
    done();
  };
  await writeTable(
    "-",
    [
      { name: "a", type: "number", values: [1, 2, 3] },
      { name: "b", type: "string", values: ["x", "y", "z"] },
    ],
    { format: "parquet", stream: { write } },
  );
  writeFileSync(path, change(Buffer.concat(parts)));
};

/** What a file is, its name, what stands in it, and the values of its columns. */
const READ: readonly (readonly [what: string, name: string, content: Content, values: Values])[] = [
  ["NUL bytes", "nul.csv", "a,b\n1\0,x\0y\n2,\0\n", { a: ["1\ufffd", "2"], b: ["x\ufffdy", "\ufffd"] }],
  ["formulas", "formula.csv", "a,b\n=cmd|' /C calc'!A0,1\n@SUM(1),2\n", { a: ["=cmd|' /C calc'!A0", "@SUM(1)"], b: [1, 2] }],
  ["UTF-16 without a mark", "u16.csv", Buffer.from("a,b\n1,x\n2,é\n", "utf16le"), { a: [1, 2], b: ["x", "é"] }],
  ["big-endian UTF-16", "be.csv", Buffer.from("\uFEFFa,b\n1,x\n2,é\n", "utf16le").swap16(), { a: [1, 2], b: ["x", "é"] }],
  ["lines that end in CR", "cr.csv", "a,b\r1,x\r2,y\r", { a: [1, 2], b: ["x", "y"] }],
  ["three kinds of line ends", "mixed.csv", "a,b\n1,x\r\n2,y\r3,z", { a: [1, 2, 3], b: ["x", "y", "z"] }],
  ["names of every object", "proto.csv", "__proto__,constructor\n1,2\n4,5\n", { ["__proto__"]: [1, 4], constructor: [2, 5] }],
  ["columns without names", "unnamed.csv", ", ,a\n1,2,3\n4,5,6\n", { "column 1": [1, 4], "column 2": [2, 5], a: [3, 6] }],
  ["a name of a megabyte", "name.csv", `${"x".repeat(1e6)},b\n1,2\n3,4\n`, { ["x".repeat(1e6)]: [1, 3], b: [2, 4] }],
  ["numbers that are none", "numbers.csv", "a,b,c,d\n-0,0x10,1_000,１２\n1,2,3,4\n", { a: [-0, 1], b: ["0x10", "2"], c: ["1_000", "3"], d: ["１２", "4"] }],
  ["gzip named .csv", "zipped.csv", gzipSync("a,b\n1,x\n2,y\n"), { a: [1, 2], b: ["x", "y"] }],
  ["text named .csv.gz", "plain.csv.gz", "a,b\n1,x\n2,y\n", { a: [1, 2], b: ["x", "y"] }],
  ["keys that are SQL", "sql.json", JSON.stringify([{ 'a"); DROP TABLE x; --': 1, "b'": 2 }]), { 'a"); DROP TABLE x; --': [1], "b'": [2] }],
  ["words that look like dates", "words.json", '[{"a":"Infinity","b":"x"},{"a":"epoch","b":"y"}]', { a: ["Infinity", "epoch"], b: ["x", "y"] }],
  ["NaN, as Python writes it", "nan.json", '[{"a":1,"b":NaN},{"a":2,"b":3}]', { a: [1, 2], b: [Number.NaN, 3] }],
  ["a text of four megabytes", "long.json", JSON.stringify([{ a: 1, b: "x".repeat(4e6) }]), { a: [1], b: ["x".repeat(4e6)] }],
  ["a name that is an option", "-rf.csv", "a,b\n1,x\n2,y\n", { a: [1, 2], b: ["x", "y"] }],
  ["a name of 255 bytes", `${"n".repeat(251)}.csv`, "a,b\n1,x\n2,y\n", { a: [1, 2], b: ["x", "y"] }],
  ["a pipe", "pipe.csv", (path) => { execFileSync("sh", ["-c", 'mkfifo "$1"; (printf "a,b\\n1,x\\n2,y\\n" > "$1") >/dev/null 2>&1 &', "sh", path]); }, { a: [1, 2], b: ["x", "y"] }],
]; // prettier-ignore

const json = (rest: string): string => `a value must be nested at most 100 levels deep${rest}`;

/** What a file is, its name, what stands in it, and what the one line must say. */
const REFUSED: readonly (readonly [what: string, name: string, content: Content | undefined, says: string | RegExp])[] = [
  ["a quote that never closes", "quote.csv", 'a,b\n1,"x\n2,y\n', "line 2: the row opens a quoted cell that never ends."],
  ["a mark and nothing else", "mark.csv", "\uFEFF", "the file is empty."],
  ["empty lines", "lines.csv", "\n\r\n\r\n", "the file is empty."],
  ["nothing", "nothing.csv", "", "the file is empty."],
  ["a header alone", "header.csv", "a,b\n", "the file has a header but no rows."],
  ["one column", "one.csv", "a\n1\n2\n", 'the table has one column, "a"'],
  ["a row too long", "long.csv", "a,b\n1,2\n1,2,3\n", "line 3: the row has 3 cells where the header has 2."],
  ["a row too short", "short.csv", "a,b\n1,2\n1\n", "line 3: the row has 1 cell where the header has 2."],
  ["two columns of one name", "twice.csv", "a,b,a\n1,2,3\n", 'column name "a" stands twice, in columns 1 and 3.'],
  ["a number beyond all", "inf.csv", "a,b\n1,2\n1e999,3\n", 'line 3: column "a" must be a finite number within ±3.4e38, got 1e999.'],
  ["a number of a megabyte", "digits.csv", `a,b\n1,2\n${"9".repeat(1e6)},2\n`, /got 9{200}…9{200}\. Correct/],
  ["a gigabyte in one line", "sparse.csv", (path) => { writeFileSync(path, "a,b\n"); truncateSync(path, 2 ** 30); }, "the file must be smaller than 512 MiB as text, got 1024 MiB."],
  ["a gzip bomb of 10 GB", "bomb.csv.gz", (path) => { const part = gzipSync(Buffer.alloc(1e8)); writeFileSync(path, Buffer.concat(Array<Buffer>(100).fill(part))); }, "the zipped file must be a table of at most 512 MiB"],
  ["a zip archive", "zip.csv", bytes("PK\u0003\u0004", Array<number>(60).fill(0)), "the file must be text, got a zip archive or an Excel workbook."],
  ["lists nested without end", "deep.json", "[".repeat(1e5), json("")],
  ["objects nested without end", "deeper.jsonl", `{"a":${'{"a":'.repeat(1e5)}`, json("")],
  ["a key twice", "key.json", '[{"a":1,"b":2,"a":3}]', 'has duplicate key "a"'],
  ["a comma too many", "comma.json", '[{"a":1,"b":2},]', "cannot be read as JSON"],
  ["lists for records", "lists.json", "[[1,2],[3,4]]", "record 1: the record must be an object with one property for each column, got an array."],
  ["one object", "object.json", '{"a":1,"b":2}', "the file must be an array of objects, got an object."],
  ["objects without commas", "joined.json", '{"a":1}{"a":2}', "cannot be read as JSON"],
  ["a broken line", "broken.jsonl", '{"a":1,"b":2}\n{"a":1,"b":\n{"a":3,"b":4}\n', "line 2: the line must be a JSON object, got broken JSON."],
  ["half of a sign", "half.json", '[{"a":"\\ud800","b":1}]', "no low surrogate in string"],
  ["NUL in a key", "nul.json", '[{"a\\u0000x":1,"b":1}]', "column names must be names without the sign NUL"],
  ["null for a record", "null.json", '[{"a":1,"b":1},null]', "record 2: the record must be an object"],
  ["records without keys", "keys.json", "[{},{}]", "the table has records without a single key."],
  ["Parquet cut short", "cut.parquet", parquet((whole) => whole.subarray(0, -40)), "cannot be read as Parquet"],
  ["Parquet with a broken footer", "footer.parquet", parquet((whole) => whole.fill(0xff, whole.length - 100, whole.length - 60)), "cannot be read as Parquet"],
  ["Parquet with broken pages", "pages.parquet", parquet((whole) => whole.fill(0xff, 6, 40)), "cannot be read as Parquet"],
  ["CSV named .parquet", "csv.parquet", "a,b\n1,2\n", "cannot be read as Parquet"],
  ["Parquet named .csv", "parquet.csv", parquet((whole) => whole), "the file must be text, got a Parquet file."],
  ["a link to itself", "loop.csv", (path) => symlinkSync("loop.csv", path), "the file cannot be read (ELOOP)."],
  ["a link to /dev/zero", "zero.csv", (path) => symlinkSync("/dev/zero", path), "the file must be smaller than 512 MiB as text"],
  ["a folder", "folder.csv", (path) => mkdirSync(path), /folder/],
  ["a name out of the folder", "../../../../../etc/passwd", undefined, "the file's name must be one that ends in"],
  ["NUL in the name", "a\0b.csv", undefined, "cannot be read"],
  ["a line end in the name", "a\nb.csv", "a,b\n1\n", "a b.csv line 2: the row has 1 cell"],
]; // prettier-ignore

const laughs = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join("");

const STUDIES: readonly (readonly [what: string, content: string, says: string])[] = [
  ["a billion laughs", `a0: &a0 [lol]\n${laughs}`, "the anchor &a0 is not read in a study file."],
  ["a function", "data: !!js/function 'function () {}'\ntasks: [a]\n", "Unresolved tag"],
  [
    "ten megabytes",
    `data: a.csv\ntasks: [a]\n#${"x".repeat(1e7)}`,
    "the study file must be at most 2 MiB, got 9.5 MiB.",
  ],
  ["lists nested without end", `data: a.csv\ntasks: ${"[".repeat(5e4)}`, "the text is nested too deep."],
  [
    "ten thousand keys that nobody knows",
    `data: a.csv\ntasks: [a]\n${Array.from({ length: 1e4 }, (_, i) => `k${i}: 1\n`).join("")}`,
    'the key "k0" is not known.',
  ],
];

/** The one line of a refusal, without the folder. */
async function refusalOf(read: Promise<unknown>): Promise<string> {
  const error: unknown = await read.then(
    () => "it was read",
    (cause: unknown) => cause,
  );
  if (!(error instanceof KindredError)) throw error;
  expect(error.exitCode).toBe(2);
  expect(error.message).not.toMatch(/[\r\n]/);
  expect(error.message.length).toBeLessThan(2000);
  return error.message.replaceAll(`${folder}/`, "");
}

describe("a hostile file is read as what it says:", () => {
  it.each(READ)("%s", async (_, name, content, values) => {
    const table = await readTable(await made(name, content));
    const read = table.columns.map((column) => [
      column.name,
      [...("numbers" in column ? column.numbers : column.strings)],
    ]);
    expect(read).toEqual(Object.entries(values));
  });

  it("ten thousand columns", async () => {
    const line = (cell: (i: number) => unknown): string =>
      Array.from({ length: 10_000 }, (_, i) => cell(i)).join(",");
    const rows = Array.from({ length: 5 }, (_, r) => line((i) => r * i));
    const table = await readTable(await made("wide.csv", [line((i) => `c${i}`), ...rows].join("\n")));
    expect([table.rows, table.columns.length, table.columns.at(-1)!.name]).toEqual([5, 10_000, "c9999"]);
  });
});

describe("a hostile file is refused in one line:", () => {
  it.each(REFUSED)("%s", async (_, name, content, says) => {
    expect(await refusalOf(readTable(await made(name, content)))).toMatch(says);
  });

  it.each(STUDIES)("a study file of %s", async (_, content, says) => {
    expect(await refusalOf(readStudyFile(await made("study.yaml", content)))).toContain(says);
  });
});

describe("the command line", () => {
  it.each([
    [["init", "deep.json"], { "deep.json": "[".repeat(1e5) }],
    [["train", "laughs.yaml"], { "laughs.yaml": laughs }],
    [["train", "quote.csv", "--tasks", "b"], { "quote.csv": 'a,b\n1,"x\n' }],
    [
      ["predict", "model.onnx", "quote.csv"],
      { "model.onnx": bytes([8, 8, 255, 255, 1]), "quote.csv": "a,b\n1,2\n" },
    ],
  ] as const)(
    "%j exits with 2, says what is wrong, a line each, and leaves nothing",
    async (words, files) => {
      const home = await enter(files);
      const { code, out, err } = await kindred([...words], { cwd: home });
      expect([code, out]).toEqual([2, ""]);
      for (const line of err.trimEnd().split("\n")) expect(line).toMatch(/^(?:kindred: \S|Reading )/);
      expect(await everything(home)).toEqual(Object.keys(files).sort());
      expect(existsSync(join(home, "runs"))).toBe(false);
      await leave(home);
    },
  );
});
