import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { unfinished } from "./architecture-rules.js";
import { penguinsCsv } from "../scripts/make-penguins.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const { scripts, version } = JSON.parse(read("package.json")) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly version: string;
};

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  "examples/README.md",
];

describe.each(documents)("%s", (document) => {
  const text = read(document);
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, "");

  it("links only to files and headings that exist", () => {
    const broken = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1]!)
      .filter((link) => !/^https?:/.test(link))
      .filter((link) => {
        const [path, heading] = link.split("#");
        const target = path ? join(dirname(document), path) : document;
        if (!existsSync(join(root, target))) return true;
        return heading !== undefined && !headings(read(target)).includes(heading);
      });
    expect(broken).toEqual([]);
  });

  it("names only npm scripts that exist", () => {
    const named = [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map((match) => match[1]!);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("names only files of the repository that exist", () => {
    const named = [...prose.matchAll(/`((?:src|test|bench|scripts|docs|examples)\/[\w./-]+)`/g)].map(
      (match) => match[1]!,
    );
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("has no line left open", () => expect(unfinished([{ path: document, text }])).toEqual([]));
});

describe("the glossary", () => {
  it("defines every letter that a shape in a doc comment uses", () => {
    const defined = [...read("docs/GLOSSARY.md").matchAll(/^\| `([A-Z])` \|/gm)].map((match) => match[1]!);
    const used = new Set<string>();
    for (const path of sources("src"))
      for (const [, shape] of read(path).matchAll(/`(?:\w+ )?\[([A-Z](?:[·,+ ]+[A-Z0-9])*)\]`/g))
        for (const letter of shape!.match(/[A-Z]/g) ?? []) used.add(letter);
    expect(defined).not.toEqual([]);
    expect([...used].filter((letter) => !defined.includes(letter))).toEqual([]);
  });
});

describe("the example data", () => {
  it("is what its script makes of the source, byte for byte", () => {
    expect(read("examples/penguins.csv")).toBe(penguinsCsv());
  });

  it("has 344 rows of 7 cells, and the one disguised missing value", () => {
    const rows = read("examples/penguins.csv")
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    expect(rows).toHaveLength(345);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([7]));
    expect(rows.filter((row) => row[6] === ".")).toHaveLength(1);
    expect(rows.filter((row) => row[6] === "")).toHaveLength(10);
  });

  it("names its source in the version that is installed", () => {
    const source = JSON.parse(read("node_modules/vega-datasets/package.json")) as {
      readonly version: string;
    };
    expect(read("examples/README.md")).toContain(`vega-datasets\` ${source.version}`);
  });
});

describe("the README", () => {
  it("shows what a study prints: the table per task and the overall gain", () => {
    const block = /<!-- demo output: begin[^\n]*\n```text\n([\s\S]*?)```\n<!-- demo output: end -->/.exec(
      read("README.md"),
    );
    expect(block?.[1]).toMatch(/^task +kind +metric/m);
    expect(block?.[1]).toMatch(/Δm/);
  });
});

describe("the changelog", () => {
  it("has a place for the version that is in package.json", () =>
    expect(read("CHANGELOG.md")).toContain(version));
});

/** Anchors of a document's headings, as they are made on the web. */
function headings(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Source files below a folder. */
function sources(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `${folder}/${path}`);
}
