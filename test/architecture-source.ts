import ts from "typescript";

/** A file of the repository, as the rules see it. */
export interface SourceText {
  /** Path from the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** One import, export-from, `import()` or `import("…")` type. */
export interface Import {
  readonly line: number;
  readonly specifier: string;
  /** True when nothing of it is left at run time. */
  readonly erased: boolean;
}

/** True for files that hold tests or what tests alone use. */
export const isTest = (path: string): boolean =>
  /\.(test|contract)\.ts$/.test(path) || path.startsWith("test/");

/** The room of a file: `src/graph/ops/add.ts` is in `graph`; undefined for files outside the rooms. */
export const roomOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];

const parsed = new WeakMap<SourceText, ts.SourceFile>();

/** The syntax tree of a file. */
export function parse(file: SourceText): ts.SourceFile {
  const known = parsed.get(file);
  if (known) return known;
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2023, true);
  parsed.set(file, tree);
  return tree;
}

/** Line of a node, counted from 1. */
export const lineOf = (tree: ts.SourceFile, node: ts.Node): number =>
  tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;

/** Calls `visit` for every node of a file. */
export function walk(file: SourceText, visit: (node: ts.Node, tree: ts.SourceFile) => void): void {
  const tree = parse(file);
  const step = (node: ts.Node): void => {
    visit(node, tree);
    ts.forEachChild(node, step);
  };
  step(tree);
}

/** Everything a file imports, types included. */
export function importsOf(file: SourceText): readonly Import[] {
  const found: Import[] = [];
  walk(file, (node, tree) => {
    const add = (literal: ts.Node | undefined, erased: boolean): void => {
      if (literal && ts.isStringLiteralLike(literal))
        found.push({ line: lineOf(tree, node), specifier: literal.text, erased });
    };
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.isTypeOnly ?? false);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && isImportCall(node)) add(node.arguments[0], false);
  });
  return found;
}

const isImportCall = (node: ts.CallExpression): boolean =>
  node.expression.kind === ts.SyntaxKind.ImportKeyword ||
  (ts.isIdentifier(node.expression) && node.expression.text === "require");

/** Resolves `./x.js` from `src/a/b.ts` to `src/a/x.ts`; undefined for packages. */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/").replace(/\.js$/, ".ts");
}

/** The package of a bare specifier: `@a/b/c` → `@a/b`, `a/b` → `a`. */
export const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
