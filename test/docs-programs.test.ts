import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

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

describe("the programs of the README", () => {
  it("are there and agree with the types of the library", () => {
    const texts = programs("README.md");
    expect(texts).not.toEqual([]);
    expect(problems(texts)).toEqual([]);
  });

  it("would be found out if they did not", () => {
    expect(problems([`import { noSuchThing } from "kindred";`])).toHaveLength(1);
  });
});
