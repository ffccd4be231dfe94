import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it, vi } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The TypeScript programs of a document. */
function programs(document: string): readonly string[] {
  const text = readFileSync(root + document, "utf8");
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1]!);
}

/** Compiler messages for programs that import `kindred` as a user would. */
function problems(texts: readonly string[]): readonly string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    lib: ["lib.es2023.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    paths: {
      kindred: [`${root}src/index.ts`],
      "kindred/browser": [`${root}src/browser.ts`],
      "kindred/graph": [`${root}src/graph/index.ts`],
      "kindred/engine": [`${root}src/engine.ts`],
    },
  };
  const files = new Map(texts.map((text, i) => [`${root}program-${i}.ts`, `${text}\nexport {};\n`]));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, language) => {
    const text = files.get(name);
    return text === undefined ? getSourceFile(name, language) : ts.createSourceFile(name, text, language);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((name) =>
    [
      ...program.getSyntacticDiagnostics(program.getSourceFile(name)),
      ...program.getSemanticDiagnostics(program.getSourceFile(name)),
    ].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " ")),
  );
}

describe("the programs of the documents", () => {
  it.each(["README.md", "docs/data.md", "docs/synthetic.md", "docs/your-own-model.md"])(
    "of %s are there and agree with the library",
    (document) => {
      const texts = programs(document);
      expect(texts).not.toEqual([]);
      expect(problems(texts)).toEqual([]);
    },
  );

  it("of docs/your-own-model.md runs, and its losses fall", async () => {
    const said: unknown[][] = [];
    const log = vi.spyOn(console, "log").mockImplementation((...words) => void said.push(words));
    const text = programs("docs/your-own-model.md")[0]!
      .replaceAll('"kindred/graph"', JSON.stringify(`${root}src/graph/index.ts`))
      .replaceAll('"kindred/engine"', JSON.stringify(`${root}src/engine.ts`));
    const folder = mkdtempSync(join(tmpdir(), "kindred-program-"));
    try {
      const file = join(folder, "program.ts");
      writeFileSync(file, text);
      await import(/* @vite-ignore */ file);
    } finally {
      log.mockRestore();
      rmSync(folder, { recursive: true });
    }
    const [, first, , last] = said[0] as [string, Float32Array, string, Float32Array];
    for (const task of [0, 1]) expect(last[task]!).toBeLessThan(0.3 * first[task]!);
    expect(said[1]![0]).toBe(2 * 16 + 16 + 16 * 2);
  });

  it("would be found out if they did not", () => {
    expect(problems([`import { noSuchThing } from "kindred";`])).toHaveLength(1);
  });
});
