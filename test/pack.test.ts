import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { readonly version: string };

describe.skipIf(!registryAnswers())(
  "the packed package, installed elsewhere without flags (needs a registry)",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "kindred-pack-"));
    const app = join(folder, "app");
    const inApp = (command: string, ...words: readonly string[]): string =>
      execFileSync(command, words, {
        cwd: app,
        env: cleanEnvironment(),
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      });

    beforeAll(() => {
      if (!existsSync(`${root}dist/cli/main.js`)) throw new Error("dist/ is missing: npm run build");
      // The build is there already, and building again would take it from under the other tests.
      execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], {
        cwd: root,
        stdio: "ignore",
      });
      mkdirSync(app);
      writeFileSync(
        join(app, "package.json"),
        JSON.stringify({ name: "app", private: true, type: "module" }),
      );
      inApp("npm", "install", join(folder, `kindred-${version}.tgz`));
    }, 300_000);

    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it("has a command that knows its version", () => {
      expect(inApp("npx", "--no-install", "kindred", "--version").trim()).toBe(version);
    });

    it.each([
      ["kindred", "load"],
      ["kindred", "openModel"],
      ["kindred/browser", "openModel"],
      ["kindred/graph", "toOnnx"],
    ])("lets %s be imported, with %s in it", (entry, name) => {
      const program = `console.log(Object.keys(await import(${JSON.stringify(entry)})).join("\\n"))`;
      expect(inApp(process.execPath, "--input-type=module", "-e", program).split("\n")).toContain(name);
    });

    it("has types that resolve", () => {
      writeFileSync(
        join(app, "program.ts"),
        `import { load } from "kindred";\nconst study = await load("table.csv", { tasks: {} });\nconst wrong: string = study;\nexport { wrong };\n`,
      );
      const tsc = `${root}node_modules/typescript/bin/tsc`;
      const flags = "--noEmit --strict --skipLibCheck --target es2023 --module nodenext".split(" ");
      const compiled = spawnSync(process.execPath, [tsc, ...flags, "program.ts"], {
        cwd: app,
        encoding: "utf8",
      });
      // The one deliberate mistake is found, so `load` has a type of its own; nothing else is.
      expect(compiled.stdout.trim().split("\n")).toEqual([
        expect.stringMatching(/^program\.ts\(3,7\): error TS2322/),
      ]);
    });

    it("carries the example data, the documents and no source or test", () => {
      const listed = execFileSync("tar", ["-tzf", join(folder, `kindred-${version}.tgz`)], {
        encoding: "utf8",
      });
      const paths = listed.trim().split("\n");
      for (const path of [
        "examples/penguins.csv",
        "examples/README.md",
        "examples/browser/worker.js",
        "docs/GLOSSARY.md",
        "README.md",
        "LICENSE",
      ])
        expect(paths).toContain(`package/${path}`);
      expect(paths.filter((path) => /\.test\.|^package\/(src|test|bench)\//.test(path))).toEqual([]);
    });
  },
);

/** True when the registry that npm is set up with answers. */
function registryAnswers(): boolean {
  const words = ["view", "picocolors@1.1.1", "version", "--fetch-retries=0", "--fetch-timeout=10000"];
  return spawnSync("npm", words, { encoding: "utf8", timeout: 20_000 }).stdout?.trim() === "1.1.1";
}

/** The environment without what a surrounding `npm test` adds and without the flag this repository sets for itself. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      name !== "ONNXRUNTIME_NODE_INSTALL" && (!name.startsWith("npm_") || name === "npm_config_registry"),
  );
  return Object.fromEntries(kept);
}
