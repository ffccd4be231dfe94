import ts from "typescript";
import {
  importsOf,
  isTest,
  lineOf,
  packageOf,
  parse,
  resolveImport,
  roomOf,
  walk,
} from "./architecture-source.js";
import type { SourceText } from "./architecture-source.js";

/** What docs/ARCHITECTURE.md allows. */
export interface House {
  /** Room → rooms it may import, in order of flow. */
  readonly rooms: ReadonlyMap<string, readonly string[]>;
  /** Prefix of a specifier → rooms that may import it. */
  readonly restricted: ReadonlyMap<string, readonly string[]>;
  /** Rooms that may read arguments, write to the terminal and exit. */
  readonly terminal: readonly string[];
}

/** Reads the room table and the rules below it. */
export function readHouse(markdown: string): House {
  const rooms = new Map<string, readonly string[]>();
  for (const [, room, allowed] of markdown.matchAll(/^\| (\w+) \|[^|]*\| ([\w, ]+) \|$/gm))
    if (room !== "room") rooms.set(room!, allowed === "nothing" ? [] : allowed!.split(", "));
  const named = (pattern: RegExp): readonly string[] =>
    [...(pattern.exec(markdown)?.[1] ?? "").matchAll(/`(\w+)\/`/g)].map((match) => match[1]!);
  return {
    rooms,
    restricted: new Map([
      ["onnxruntime-", named(/only ([^;.]*) imports `onnxruntime-\*`/)],
      ["@duckdb/", named(/only ([^;.]*) imports the database/)],
      ["node:", named(/only ([^;.]*) may import `node:\*`/)],
    ]),
    terminal: named(/only ([^;.]*) reads `process\.argv`/),
  };
}

/** Faults of the table itself: a row may name only rows above it. */
export function tableOrder(house: House): string[] {
  const seen = new Set<string>();
  const faults: string[] = [];
  for (const [room, allowed] of house.rooms) {
    for (const other of allowed)
      if (!seen.has(other))
        faults.push(`docs/ARCHITECTURE.md: ${room} may not import ${other}: it is not above it`);
    seen.add(room);
  }
  for (const [name, rooms] of [...house.restricted, ["the terminal", house.terminal] as const])
    if (rooms.length === 0) faults.push(`docs/ARCHITECTURE.md: no rule says who may use ${name}`);
  return faults;
}

/** Imports between rooms, types included, follow the table; tests may import anything. */
export function importDirection(files: readonly SourceText[], house: House): string[] {
  return files
    .filter((file) => file.path.startsWith("src/") && !isTest(file.path))
    .flatMap((file) => {
      const room = roomOf(file.path);
      if (room === undefined) return rootFile(file.path);
      const allowed = house.rooms.get(room);
      if (!allowed) return [`${file.path}: ${room} is not a room of docs/ARCHITECTURE.md`];
      return importsOf(file).flatMap(({ line, specifier }) => {
        const target = resolveImport(file.path, specifier);
        if (target === undefined) return [];
        const to = roomOf(target);
        if (to !== undefined && (to === room || allowed.includes(to))) return [];
        return [`${file.path}:${line}: ${room} may not import ${to ?? target}`];
      });
    });
}

const ROOT_FILES = ["src/index.ts", "src/browser.ts", "src/engine.ts"];

const rootFile = (path: string): string[] =>
  ROOT_FILES.includes(path) ? [] : [`${path}: only ${ROOT_FILES.join(" and ")} may stand outside the rooms`];

/** Import cycles between files, types included, each reported once with its path. */
export function importCycles(files: readonly SourceText[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const faults: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      faults.push(`import cycle: ${[...trail.slice(trail.indexOf(path)), path].join(" → ")}`);
      return;
    }
    const file = byPath.get(path);
    if (!file || done.has(path)) return;
    for (const { specifier } of importsOf(file)) {
      const target = resolveImport(path, specifier);
      if (target !== undefined) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const file of files) visit(file.path, []);
  return faults;
}

/** Packages are dependencies, built-ins are written `node:`, and restricted ones stay in their rooms. */
export function packageImports(
  files: readonly SourceText[],
  house: House,
  dependencies: readonly string[],
): string[] {
  return files
    .filter((file) => roomOf(file.path) !== undefined && !isTest(file.path))
    .flatMap((file) =>
      importsOf(file).flatMap(({ line, specifier, erased }) => {
        if (specifier.startsWith(".")) return [];
        const where = `${file.path}:${line}`;
        const known = specifier.startsWith("node:") || dependencies.includes(packageOf(specifier));
        const faults = known || erased ? [] : [`${where}: ${specifier} is not a dependency`];
        for (const [prefix, rooms] of house.restricted)
          if (specifier.startsWith(prefix) && !rooms.includes(roomOf(file.path)!))
            faults.push(`${where}: ${specifier} belongs to ${rooms.join(", ")}`);
        return faults;
      }),
    );
}

/** Only the command line reads arguments, writes to the terminal and exits. */
export function terminalUse(files: readonly SourceText[], house: House): string[] {
  const faults: string[] = [];
  const owned = new Set(["argv", "stdout", "stderr", "exit", "exitCode"]);
  for (const file of files) {
    const room = roomOf(file.path);
    if (!file.path.startsWith("src/") || isTest(file.path) || house.terminal.includes(room ?? "")) continue;
    walk(file, (node, tree) => {
      const at = `${file.path}:${lineOf(tree, node)}`;
      if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
        const object = node.expression.text;
        if (object === "process" && owned.has(node.name.text))
          faults.push(`${at}: process.${node.name.text} is for cli`);
        if (object === "console") faults.push(`${at}: console is for cli`);
      }
    });
    for (const { line, specifier } of importsOf(file))
      if (specifier === "node:process") faults.push(`${file.path}:${line}: node:process is for cli`);
  }
  return faults;
}

/** Clock and chance come from base: no `Math.random`, `Date.now`, `new Date()` elsewhere; a test may time itself. */
export function clockAndChance(files: readonly SourceText[]): string[] {
  const faults: string[] = [];
  for (const file of files) {
    if (file.path === "src/base/clock.ts") continue;
    const banned = new Set(["Math.random", "Date.now", ...(isTest(file.path) ? [] : ["performance.now"])]);
    walk(file, (node, tree) => {
      const at = `${file.path}:${lineOf(tree, node)}`;
      if (ts.isPropertyAccessExpression(node) && banned.has(node.getText(tree)))
        faults.push(`${at}: ${node.getText(tree)} is for src/base only`);
      if (ts.isNewExpression(node) && node.expression.getText(tree) === "Date" && !node.arguments?.length)
        faults.push(`${at}: new Date() is for src/base/clock.ts only`);
    });
  }
  return faults;
}

/** Built-ins of Node and packages that work there only, or are for the command line and the report. */
const NOT_IN_PAGES =
  /^(node:|@duckdb\/|onnxruntime-node|@observablehq\/plot|linkedom|commander|log-update|picocolors|yaml)/;

/** What a page loads, directly or not, reaches nothing that is for Node alone. Type-only imports are left out. */
export function browserSafe(files: readonly SourceText[], entries: readonly string[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  const faults: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const file = byPath.get(path);
    if (!file || seen.has(path)) return;
    seen.add(path);
    for (const { specifier, erased } of importsOf(file)) {
      if (erased) continue;
      if (NOT_IN_PAGES.test(specifier))
        faults.push(`${[...trail, path].join(" → ")} imports ${specifier}, which a page cannot load`);
      const target = resolveImport(path, specifier);
      if (target !== undefined) visit(target, [...trail, path]);
    }
  };
  for (const entry of entries) visit(entry, []);
  return faults;
}

/** Every exported declaration has a doc comment. */
export function docComments(files: readonly SourceText[]): string[] {
  return files
    .filter((file) => file.path.startsWith("src/") && !isTest(file.path))
    .flatMap((file) => {
      const tree = parse(file);
      const listed = new Set(
        tree.statements
          .filter((node) => ts.isExportDeclaration(node) && !node.moduleSpecifier)
          .flatMap((node) => {
            const clause = (node as ts.ExportDeclaration).exportClause;
            return clause && ts.isNamedExports(clause)
              ? clause.elements.map((element) => (element.propertyName ?? element.name).text)
              : [];
          }),
      );
      return tree.statements.flatMap((statement) => {
        const names = declaredNames(statement, tree);
        const exported =
          (ts.canHaveModifiers(statement) &&
            ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)) ||
          names.some((name) => listed.has(name));
        if (names.length === 0 || !exported || hasDoc(statement, tree)) return [];
        return [`${file.path}:${lineOf(tree, statement)}: ${names.join(", ")} has no doc comment`];
      });
    });
}

function declaredNames(statement: ts.Statement, tree: ts.SourceFile): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map((declaration) => declaration.name.getText(tree));
  const named =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return named && statement.name ? [statement.name.text] : [];
}

function hasDoc(statement: ts.Statement, tree: ts.SourceFile): boolean {
  const comments = ts.getLeadingCommentRanges(tree.text, statement.getFullStart()) ?? [];
  return comments
    .map((range) => tree.text.slice(range.pos, range.end))
    .some((comment) => comment.startsWith("/**") && comment.replaceAll(/[/*\s]/g, "") !== "");
}

/** No file of code is longer than `most` lines; tests may be. */
export function fileLength(files: readonly SourceText[], most: number): string[] {
  return files
    .filter((file) => !isTest(file.path))
    .map((file) => ({ path: file.path, lines: file.text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > most)
    .map(({ path, lines }) => `${path}: ${lines} lines, at most ${most}`);
}

/** Files are kebab-case and named after what they hold. */
export function fileNames(files: readonly SourceText[]): string[] {
  return files.flatMap(({ path }) => {
    const name = path.split("/").at(-1)!.split(".")[0]!;
    if (/^(utils?|helpers?|common|misc|manager)$/.test(name)) return [`${path}: name it after what it holds`];
    return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ? [] : [`${path}: must be kebab-case`];
  });
}

/** No note to do later, and no test that is left out or runs alone. */
export function unfinished(files: readonly SourceText[]): string[] {
  return files.flatMap((file) =>
    file.text.split("\n").flatMap((line, i) => {
      const note =
        /\b(?:TODO|FIXME|XXX)\b/.exec(line) ?? /\b(?:it|test|describe)\.(?:skip|only|todo)\b/.exec(line);
      return note ? [`${file.path}:${i + 1}: ${note[0]}`] : [];
    }),
  );
}

/** Every implementation in a folder stands in the folder's registry, and nothing else does. */
export function registryFolder(files: readonly SourceText[], folder: string, index: string): string[] {
  const registry = files.find((file) => file.path === index);
  const members = files
    .map((file) => file.path)
    .filter((path) => path !== index && !isTest(path) && path.startsWith(`${folder}/`));
  if (!registry) return [`${index}: there is no registry for ${folder}`];
  const imported = new Set(importsOf(registry).map(({ specifier }) => resolveImport(index, specifier)));
  if (members.length === 0) return [`${folder}: the folder of a registry is empty`];
  return members
    .filter((path) => !path.slice(folder.length + 1).includes("/") && !imported.has(path))
    .map((path) => `${path}: is not in ${index}`);
}

/** Keys of a registry are the names of files in its folder. */
export function registryKeys(
  files: readonly SourceText[],
  folder: string,
  keys: readonly string[],
): string[] {
  const paths = new Set(files.map((file) => file.path));
  return keys
    .filter((key) => !paths.has(`${folder}/${key}.ts`))
    .map((key) => `${folder}: ${key} has no file ${folder}/${key}.ts`);
}

/** No path of one machine and no address of a package registry. */
export function machineTraces(files: readonly SourceText[]): string[] {
  const roots = ["work", "tmp", "home", "root", "Users", "mnt"].join("|");
  const traces = [
    new RegExp(String.raw`(?<![\w.*/)])/(?:${roots})/[\w.-]+`),
    /\bregistry\.(?:npmjs|yarnpkg|npmmirror)|https?:\/\/[^/\s]*\bregistry\b/i,
    /[A-Z]:\\Users/,
  ];
  return files.flatMap((file) =>
    file.text.split("\n").flatMap((line, i) => {
      const trace = traces.map((pattern) => pattern.exec(line)).find(Boolean);
      return trace ? [`${file.path}:${i + 1}: ${trace[0]}`] : [];
    }),
  );
}

/** The lock file holds no address of where a package came from. */
export function lockAddresses(lock: string): string[] {
  return lock
    .split("\n")
    .flatMap((line, i) => (/"resolved"/.test(line) ? [`package-lock.json:${i + 1}: resolved`] : []));
}

/** Every dependency has its line in docs/DEPENDENCIES.md, and every line its dependency. */
export function dependencyLines(names: readonly string[], markdown: string): string[] {
  const lines = [...markdown.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1]!);
  return [
    ...names
      .filter((name) => !lines.includes(name))
      .map((name) => `docs/DEPENDENCIES.md: no line for ${name}`),
    ...lines
      .filter((name) => !names.includes(name))
      .map((name) => `docs/DEPENDENCIES.md: ${name} is no dependency`),
  ];
}
