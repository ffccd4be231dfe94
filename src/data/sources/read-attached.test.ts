import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError } from "../../base/errors.js";
import type { RawTable } from "../raw-table.js";
import { partsOf } from "./database-source.js";
import { readRawTable } from "./index.js";
import { sourceFromFolder } from "./source-from-folder.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kindred-attached-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(DataError);
  const { message } = error as DataError;
  expect(message).not.toContain("\n");
  return message.replaceAll(`${folder}/`, "");
}

const valuesOf = ({ columns }: RawTable): Record<string, unknown> =>
  Object.fromEntries(
    columns.map((column) => [column.name, column.kind === "text" ? column.cells : [...column.numbers]]),
  );

/** Node's own SQLite, which Node 20 does not have. */
interface Sqlite {
  readonly DatabaseSync: new (path: string) => { exec(sql: string): void; close(): void };
}
const specifier = "node:sqlite";
const sqlite = (await import(specifier).catch(() => undefined)) as Sqlite | undefined;

function shop(): string {
  const path = join(folder, "shop.db");
  rmSync(path, { force: true });
  const database = new sqlite!.DatabaseSync(path);
  database.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT, price REAL, picture BLOB);
    INSERT INTO orders VALUES (3, 'c', 'n/a', NULL), (1, 'a', 1.5, NULL), (2, NULL, 2.5, x'00');
    CREATE TABLE "we""ird; DROP TABLE orders; --" (a, b); INSERT INTO "we""ird; DROP TABLE orders; --" VALUES (1, 2);
    CREATE VIEW cheap AS SELECT id, price FROM orders WHERE id < 3`);
  database.close();
  return path;
}

describe("tables of databases", () => {
  it("are named behind the database, or asked for by a query", () => {
    expect(partsOf("sqlite:a/shop.db#orders", "sqlite")).toMatchObject({
      place: "a/shop.db",
      wanted: { table: "orders" },
    });
    expect(partsOf("sqlite:shop.db?select a from b", "sqlite").wanted).toEqual({ query: "select a from b" });
    expect(partsOf("postgres://me@host:5432/db?sslmode=require#select 1", "postgres")).toMatchObject({
      place: "postgres://me@host:5432/db?sslmode=require",
      wanted: { query: "select 1" },
    });
    for (const [source, kind] of [
      ["sqlite:shop.db", "sqlite"],
      ["sqlite:#t", "sqlite"],
      ["postgres://h/db", "postgres"],
    ] as const)
      expect(() => partsOf(source, kind)).toThrow("the table is not named. Name a table or a query");
  });

  it("of a study file stand beside it", async () => {
    expect(await sourceFromFolder("sqlite:shop.db#orders", "studies")).toBe("sqlite:studies/shop.db#orders");
    expect(await sourceFromFolder("sqlite:/shop.db?select 1", "studies")).toBe("sqlite:/shop.db?select 1");
    expect(await sourceFromFolder("postgres://h/db#t", "studies")).toBe("postgres://h/db#t");
  });

  it("need a file that is there, and an address without a password, which no message shows", async () => {
    expect(await messageOf(readRawTable(`sqlite:${join(folder, "nix.db")}#t`))).toContain(
      "nix.db: the file does not exist",
    );
    const message = await messageOf(readRawTable("postgres://me:sec@ret@localhost:1/db#t"));
    expect(message).toBe(
      "postgres://me@localhost:1/db#t: the address holds a password, which would be kept with every run. Take it out, and give it as PGPASSWORD or in ~/.pgpass.",
    );
  });

  it("of PostgreSQL say what is missing: the extension, or the server", async () => {
    expect(await messageOf(readRawTable("postgres://me@localhost:1/db#t"))).toMatch(
      /^postgres:\/\/me@localhost:1\/db#t: (?:the DuckDB extension postgres is not installed, and nothing is fetched\. Install it once .*"INSTALL postgres"\.|the database cannot be read: Unable to connect .*)$/,
    );
  });

  it.runIf(sqlite === undefined)("of SQLite say how to read them where Node has no SQLite", async () => {
    const path = join(folder, "empty.db");
    writeFileSync(path, "SQLite format 3\0");
    expect(await messageOf(readRawTable(`sqlite:${path}#t`))).toMatch(
      /Install it once .* or use Node 22\.13|cannot be read/,
    );
  });

  it.runIf(sqlite)("of SQLite are read with values of several types, views too", async () => {
    const path = shop();
    expect(
      valuesOf(await readRawTable(`sqlite:${path}?SELECT id, item, price FROM orders ORDER BY id`)),
    ).toEqual({
      id: [1, 2, 3],
      item: ["a", null, "c"],
      price: ["1.5", "2.5", "n/a"],
    });
    expect(valuesOf(await readRawTable(`sqlite:${path}#cheap`))).toEqual({ id: [1, 2], price: [1.5, 2.5] });
    expect(valuesOf(await readRawTable(`sqlite:${path}#we"ird; DROP TABLE orders; --`))).toEqual({
      a: [1],
      b: [2],
    });
  });

  it.runIf(sqlite)("of SQLite are never written, and mistakes are told in one line", async () => {
    const path = shop();
    const before = readFileSync(path);
    expect(await messageOf(readRawTable(`sqlite:${path}#order`))).toContain(
      'table "order" is not in the database. It has orders',
    );
    expect(await messageOf(readRawTable(`sqlite:${path}#orders`))).toContain(
      'row 2: column "picture" must be strings or numbers',
    );
    expect(await messageOf(readRawTable(`sqlite:${path}?select itm from orders`))).toContain(
      "no such column: itm",
    );
    expect(await messageOf(readRawTable(`sqlite:${path}?with t as (select 1) delete from orders`))).toContain(
      "readonly",
    );
    const text = join(folder, "text.db");
    writeFileSync(text, "a,b\n1,2\n");
    expect(await messageOf(readRawTable(`sqlite:${text}#t`))).toContain("file is not a database");
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});
