import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import * as rules from "./architecture-rules.js";
import type { SourceText } from "./architecture-source.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(root + path, "utf8");
const manifest = JSON.parse(read("package.json")) as Record<
  "dependencies" | "optionalDependencies" | "devDependencies",
  Record<string, string>
>;

const tracked = trackedFiles().map((path): SourceText => ({ path, text: read(path) }));
const code = tracked.filter(({ path }) => /^(src|test|bench|scripts)\/.*\.ts$/.test(path));
const source = code.filter(({ path }) => path.startsWith("src/"));
const house = rules.readHouse(read("docs/ARCHITECTURE.md"));

describe("the house", () => {
  it("has a room table in order of flow, and says who may use what", () => {
    expect(house.rooms.size).toBeGreaterThan(10);
    expect(rules.tableOrder(house)).toEqual([]);
  });

  it("lets a room import only the rooms its row names", () => {
    expect(source.length).toBeGreaterThan(0);
    expect(rules.importDirection(source, house)).toEqual([]);
  });

  it("has no import cycles", () => expect(rules.importCycles(source)).toEqual([]));

  it("keeps ONNX Runtime, the database and Node in their rooms, and imports only dependencies", () => {
    const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    expect(rules.packageImports(source, house, names)).toEqual([]);
  });

  it("reads arguments, prints and exits in cli alone", () =>
    expect(rules.terminalUse(source, house)).toEqual([]));

  it("takes clock and chance from base alone", () => expect(rules.clockAndChance(code)).toEqual([]));

  it("lets a page load what it must be able to load", () => {
    const rooms = /^src\/(base|graph|tasks|relations|model)\//;
    const entries = source
      .map(({ path }) => path)
      .filter((path) => rooms.test(path) && !path.endsWith(".test.ts"));
    const named = ["src/browser.ts", "src/graph/index.ts", "src/study/train-plan.ts"];
    expect(source.map(({ path }) => path)).toEqual(expect.arrayContaining(named));
    expect(rules.browserSafe(source, [...named, ...entries])).toEqual([]);
  });
});

describe("the files", () => {
  it("have a doc comment on every exported declaration", () => expect(rules.docComments(source)).toEqual([]));

  it("are at most 400 lines long", () => expect(rules.fileLength(code, 400)).toEqual([]));

  it("are named in kebab-case after what they hold", () => expect(rules.fileNames(code)).toEqual([]));

  it("leave nothing for later and no test out", () => {
    expect(rules.unfinished(code.filter(({ path }) => !path.startsWith("test/architecture")))).toEqual([]);
  });

  it("name no path of one machine and no package registry", () => {
    expect(tracked.length).toBeGreaterThan(0);
    expect(rules.machineTraces(tracked)).toEqual([]);
  });
});

describe("a registry lists exactly its folder", () => {
  it.each(["src/graph/ops", "src/training/balancers", "src/training/optimizers"])("%s", (folder) => {
    expect(rules.registryFolder(source, folder, `${folder}/index.ts`)).toEqual([]);
  });

  it.each(["src/training/balancers", "src/training/optimizers"])(
    "%s, under the names of its files",
    async (folder) => {
      const keys = registryKeys(await import(`${root}${folder}/index.ts`));
      expect(keys).not.toEqual([]);
      expect(rules.registryKeys(source, folder, keys)).toEqual([]);
    },
  );

  it("src/tasks", async () => {
    const tasks = (await import(`${root}src/tasks/index.ts`)) as {
      readonly TASK_KINDS: Record<string, object>;
    };
    expect(Object.keys(tasks.TASK_KINDS)).not.toEqual([]);
    expect(rules.registryKeys(source, "src/tasks", Object.keys(tasks.TASK_KINDS))).toEqual([]);
  });
});

describe("the dependencies", () => {
  it("each have their line in docs/DEPENDENCIES.md", () => {
    const names = Object.keys({
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.devDependencies,
    });
    expect(rules.dependencyLines(names, read("docs/DEPENDENCIES.md"))).toEqual([]);
  });

  it("are locked without addresses", () =>
    expect(rules.lockAddresses(read("package-lock.json"))).toEqual([]));
});

/** Keys of the one registry object a module exports. */
function registryKeys(module: Readonly<Record<string, unknown>>): readonly string[] {
  const registry = Object.entries(module).find(
    ([name, value]) => /^[A-Z_]+$/.test(name) && typeof value === "object",
  );
  return Object.keys(registry?.[1] ?? {});
}

/** Files under version control, or all but the installed and the built where there is no repository. */
function trackedFiles(): readonly string[] {
  const listed = existsSync(`${root}.git`)
    ? execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" }).split(
        "\n",
      )
    : readdirSync(root, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));
  return listed.filter(
    (path) =>
      path !== "" &&
      !/^(node_modules|dist|runs|coverage|\.git)(\/|$)/.test(path) &&
      existsSync(root + path) &&
      statSync(root + path).isFile(),
  );
}
