import { describe, expect, it } from "vitest";
import * as rules from "./architecture-rules.js";
import type { SourceText } from "./architecture-source.js";

const HOUSE = rules.readHouse(`
| room | what it is | may import |
|---|---|---|
| base | errors | nothing |
| graph | tensors | base |
| runtime | sessions | base, graph |
| data | tables | base |
| cli | arguments | base, graph, runtime, data |

- only \`runtime/\` imports \`onnxruntime-*\`; only \`data/\` imports the database.
- only \`data/\`, \`runtime/\` may import \`node:*\`.
- only \`cli/\` reads \`process.argv\`, writes to the terminal or exits.
`);

const file = (path: string, text: string): SourceText => ({ path, text });
const one = (path: string, text: string): readonly SourceText[] => [file(path, text)];
const slash = (...parts: readonly string[]): string => ["", ...parts].join("/");

describe("the table of rooms", () => {
  it("is read with its restrictions", () => {
    expect([...HOUSE.rooms.keys()]).toEqual(["base", "graph", "runtime", "data", "cli"]);
    expect(HOUSE.rooms.get("base")).toEqual([]);
    expect(HOUSE.rooms.get("runtime")).toEqual(["base", "graph"]);
    expect(HOUSE.restricted.get("node:")).toEqual(["data", "runtime"]);
    expect(HOUSE.restricted.get("@duckdb/")).toEqual(["data"]);
    expect(HOUSE.terminal).toEqual(["cli"]);
    expect(rules.tableOrder(HOUSE)).toEqual([]);
  });

  it("fails when a row names a room below it or a rule is missing", () => {
    const upside = rules.readHouse("| base | x | graph |\n| graph | y | nothing |\n");
    expect(rules.tableOrder(upside)).toHaveLength(5);
  });
});

describe("import direction", () => {
  it("fails for a value, a type, a dynamic import and an import type from a later room", () => {
    for (const text of [
      `import { x } from "../graph/x.js";`,
      `import type { X } from "../graph/x.js";`,
      `export * from "../graph/x.js";`,
      `const x = await import("../graph/x.js");`,
      `export type X = import("../graph/x.js").X;`,
    ])
      expect(rules.importDirection(one("src/base/a.ts", text), HOUSE)).toEqual([
        "src/base/a.ts:1: base may not import graph",
      ]);
  });

  it("fails for an unknown room, a stray root file and an import of a root file", () => {
    expect(rules.importDirection(one("src/attic/a.ts", ""), HOUSE)).toHaveLength(1);
    expect(rules.importDirection(one("src/stray.ts", ""), HOUSE)).toHaveLength(1);
    expect(rules.importDirection(one("src/cli/a.ts", `import "../index.js";`), HOUSE)).toHaveLength(1);
  });

  it("allows the own room, earlier rooms and anything in a test", () => {
    expect(
      rules.importDirection(one("src/graph/a.ts", `import "./b.js"; import "../base/c.js";`), HOUSE),
    ).toEqual([]);
    expect(rules.importDirection(one("src/base/a.test.ts", `import "../cli/b.js";`), HOUSE)).toEqual([]);
  });
});

describe("cycles", () => {
  it("fails for a cycle of types alone, and names its path", () => {
    const files = [
      file("src/base/a.ts", `import type { B } from "./b.js";`),
      file("src/base/b.ts", `import type { C } from "./c.js";`),
      file("src/base/c.ts", `import type { A } from "./a.js";`),
    ];
    expect(rules.importCycles(files)).toEqual([
      "import cycle: src/base/a.ts → src/base/b.ts → src/base/c.ts → src/base/a.ts",
    ]);
  });

  it("allows a diamond", () => {
    const files = [
      file("src/base/a.ts", `import "./b.js"; import "./c.js";`),
      file("src/base/b.ts", `import "./d.js";`),
      file("src/base/c.ts", `import "./d.js";`),
      file("src/base/d.ts", ""),
    ];
    expect(rules.importCycles(files)).toEqual([]);
  });
});

describe("packages", () => {
  const known = ["onnxruntime-web", "@duckdb/node-api", "zod"];

  it.each([
    ["src/graph/a.ts", `import * as ort from "onnxruntime-web/wasm";`],
    ["src/runtime/a.ts", `import { DuckDBInstance } from "@duckdb/node-api";`],
    ["src/graph/a.ts", `import { readFileSync } from "node:fs";`],
    ["src/graph/a.ts", `import type { PathLike } from "node:fs";`],
    ["src/data/a.ts", `import { readFileSync } from "fs";`],
    ["src/data/a.ts", `import lodash from "lodash";`],
  ])("fails for %s with %s", (path, text) => {
    expect(rules.packageImports(one(path, text), HOUSE, known)).toHaveLength(1);
  });

  it("allows them in their rooms", () => {
    expect(
      rules.packageImports(
        one("src/runtime/a.ts", `import "onnxruntime-web"; import "node:fs";`),
        HOUSE,
        known,
      ),
    ).toEqual([]);
  });
});

describe("terminal, clock and chance", () => {
  it.each([
    "process.argv;",
    "process.stdout.write(x);",
    "process.exit(1);",
    "console.log(x);",
    `import "node:process";`,
  ])("fails for %s outside cli", (text) => {
    expect(rules.terminalUse(one("src/runtime/a.ts", text), HOUSE)).toHaveLength(1);
    expect(rules.terminalUse(one("src/cli/a.ts", text), HOUSE)).toEqual([]);
  });

  it.each(["Math.random();", "Date.now();", "performance.now();", "new Date();"])(
    "fails for %s outside base",
    (text) => {
      expect(rules.clockAndChance(one("src/graph/a.ts", text))).toHaveLength(1);
      expect(rules.clockAndChance(one("src/base/clock.ts", text))).toEqual([]);
    },
  );

  it("allows a date made from a number, and words about the clock", () => {
    expect(rules.clockAndChance(one("src/data/a.ts", "// not Date.now()\nnew Date(0);"))).toEqual([]);
  });
});

describe("what a page can load", () => {
  it("fails for Node or the database behind another file", () => {
    const files = [
      file("src/browser.ts", `export * from "./data/a.js";`),
      file("src/data/a.ts", `import { b } from "./b.js";`),
      file("src/data/b.ts", `import "node:fs"; import "@duckdb/node-api";`),
    ];
    expect(rules.browserSafe(files, ["src/browser.ts"])).toHaveLength(2);
  });

  it.each(["@observablehq/plot", "linkedom", "yaml", "commander", "onnxruntime-node"])(
    "fails for %s",
    (name) => {
      const files = [file("src/browser.ts", `import "${name}";`)];
      expect(rules.browserSafe(files, ["src/browser.ts"])).toHaveLength(1);
    },
  );

  it("leaves out imports of types", () => {
    const files = [
      file("src/browser.ts", `import type { A } from "./data/a.js";`),
      file("src/data/a.ts", `import "node:fs";`),
    ];
    expect(rules.browserSafe(files, ["src/browser.ts"])).toEqual([]);
  });
});

describe("files", () => {
  it("fails for an exported declaration without a doc comment, listed exports included", () => {
    const text = [
      "export const a = 1;",
      "// not a doc comment",
      "export function b() {}",
      "/** */",
      "export type C = 1;",
      "interface D {}",
      "const inner = 1;",
      "export type { D };",
      "/** A doc comment. */",
      "export class E {}",
      `export { other } from "./other.js";`,
    ].join("\n");
    expect(rules.docComments(one("src/base/a.ts", text)).map((fault) => /: (\w+)/.exec(fault)?.[1])).toEqual([
      "a",
      "b",
      "C",
      "D",
    ]);
  });

  it("fails for a file that is too long, but not for a test", () => {
    const text = "x;\n".repeat(401);
    expect(rules.fileLength(one("src/base/a.ts", text), 400)).toHaveLength(1);
    expect(rules.fileLength(one("src/base/a.ts", "x;\n".repeat(400)), 400)).toEqual([]);
    expect(rules.fileLength(one("src/base/a.test.ts", text), 400)).toEqual([]);
  });

  it.each(["src/base/utils.ts", "src/base/helpers.test.ts", "src/base/camelCase.ts"])(
    "fails for the name %s",
    (path) => {
      expect(rules.fileNames(one(path, ""))).toHaveLength(1);
    },
  );

  it.each([`// ${["TO", "DO"].join("")}: later`, `${"describe"}.only("x")`, `${"it"}.skip("x")`])(
    "fails for %s",
    (text) => {
      expect(rules.unfinished(one("src/base/a.ts", text))).toHaveLength(1);
    },
  );

  it("allows a test that is left out for a reason", () => {
    expect(rules.unfinished(one("src/base/a.test.ts", `describe.skipIf(absent)("x")`))).toEqual([]);
  });

  it("fails for a path of one machine and for a registry", () => {
    for (const text of [
      slash("home", "ada", "data"),
      `"${slash("tmp", "x.csv")}"`,
      `https:${slash("", ["registry", "example", "org"].join("."))}`,
    ])
      expect(rules.machineTraces(one("docs/a.md", text))).toHaveLength(1);
    expect(
      rules.machineTraces(one("docs/a.md", "see src/home/page.ts and https://example.org/home/x")),
    ).toEqual([]);
  });
});

describe("registries", () => {
  const folder = "src/training/balancers";
  const index = file(`${folder}/index.ts`, `import { equal } from "./equal.js";`);

  it("fails for a file that is not listed, an empty folder and a missing registry", () => {
    const files = [index, file(`${folder}/equal.ts`, ""), file(`${folder}/late.ts`, "")];
    expect(rules.registryFolder(files, folder, index.path)).toEqual([
      `${folder}/late.ts: is not in ${index.path}`,
    ]);
    expect(rules.registryFolder([index], folder, index.path)).toHaveLength(1);
    expect(rules.registryFolder(files.slice(1), folder, index.path)).toHaveLength(1);
  });

  it("fails for a key without a file", () => {
    expect(
      rules.registryKeys([index, file(`${folder}/equal.ts`, "")], folder, ["equal", "lost"]),
    ).toHaveLength(1);
  });
});

describe("dependencies", () => {
  it("fails for one without a line, a line without one, and an address in the lock file", () => {
    expect(
      rules.dependencyLines(["zod", "yaml"], "| `zod` | study file |\n| `left-pad` | padding |"),
    ).toHaveLength(2);
    expect(rules.lockAddresses(`{\n  "resolved": "somewhere"\n}`)).toHaveLength(1);
    expect(rules.lockAddresses(`{ "resolvedBy": 1 }`)).toEqual([]);
  });
});
