import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type Page, chromium } from "playwright-core";
import { type Rolldown, build, createLogger } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classification, load, regression, clustering } from "../src/index.js";
import { enter, leave } from "./cli-run.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const NEW_ROWS = [
  { island: "Torgersen", bill_length_mm: 39.1, bill_depth_mm: 18.7, flipper_length_mm: 181 },
  { island: "Biscoe", bill_length_mm: 47.5, bill_depth_mm: 14.2, flipper_length_mm: 217 },
  { island: "Atlantis", bill_length_mm: null, bill_depth_mm: 19.4, flipper_length_mm: 197 },
  { island: "", bill_depth_mm: 17 },
];

let home = "";
let built: Rolldown.OutputChunk[] = [];
let warnings: string[] = [];

beforeAll(async () => {
  home = await enter();
  ({ built, warnings } = await bundle(join(home, "site")));
});
afterAll(() => leave(home));

/** Builds the page as a user would, with the package's entry for pages. */
async function bundle(outDir: string): Promise<{ built: Rolldown.OutputChunk[]; warnings: string[] }> {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    exports: Record<string, { default: string }>;
  };
  const entry = join(root, exports["./browser"]!.default);
  if (!existsSync(entry)) throw new Error(`${entry} is missing: run npm run build first`);
  const said: string[] = [];
  const customLogger = createLogger("silent");
  customLogger.warn = (text) => said.push(text);
  const result = await build({
    root: join(root, "test/pages/predict"),
    configFile: false,
    customLogger,
    resolve: { alias: { "kindred/browser": entry } },
    logLevel: "silent",
    build: {
      reportCompressedSize: false,
      outDir,
      emptyOutDir: true,
      target: "es2023",
      chunkSizeWarningLimit: 2000,
    },
  });
  const { output } = result as Rolldown.RolldownOutput;
  return { built: output.filter((file) => file.type === "chunk"), warnings: said };
}

describe("the bundle of a page", () => {
  it("is built without a warning", () => {
    expect(warnings).toEqual([]);
  });

  it("holds nothing of Node, of the database or of the native runtime", () => {
    const modules = built.flatMap(({ moduleIds }) => moduleIds);
    expect(modules.filter((id) => id.endsWith("dist/browser.js"))).toHaveLength(1);
    expect(
      modules.filter((id) => /browser-external|^node:|@duckdb|onnxruntime-node|linkedom|observable/.test(id)),
    ).toEqual([]);
    const imported = built.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]);
    expect(imported.filter((id) => !built.some(({ fileName }) => fileName === id))).toEqual([]);
  });
});

describe.skipIf(!existsSync(CHROMIUM))("a page in Chromium (needs /usr/bin/chromium)", () => {
  const train = async () => {
    const study = await load(join(root, "examples/penguins.csv"), {
      tasks: {
        species: classification(),
        sex: classification<"male" | "female">(),
        body_mass_g: regression(),
        groups: clustering({ clusters: 3 }),
      },
      budget: { epochs: 12, patience: 5 },
      sharing: { members: 4, trunk: [32] },
    });
    return study.train({ folder: join(home, "run") });
  };
  let model: Awaited<ReturnType<typeof train>>;
  let server: Server;
  let browser: Browser;
  let page: Page;
  let asked: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    model = await train();
    server = await serve(
      { "/model.onnx": join(home, "run/model.onnx"), "/no-model.onnx": join(root, "package.json") },
      join(home, "site"),
    );
    const { port } = server.address() as AddressInfo;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    page = await browser.newPage();
    page.on("request", (request) => asked.push(request.url()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction(`document.title === "ready"`);
  });
  afterAll(async () => {
    await browser?.close();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
    await model?.close();
  });

  it.each(["url", "bytes"])("predicts what Node predicts, opening the model by its %s", async (how) => {
    const words = ["/model.onnx", NEW_ROWS, how].map((word) => JSON.stringify(word)).join(", ");
    const found = await page.evaluate(`predictRows(${words})`);
    expect(found).toEqual({
      tasks: model.tasks,
      inputs: model.inputs,
      predictions: nearly(await model.predict(NEW_ROWS)),
    });
  });

  it("says what is wrong with a file or with rows, as Node does", async () => {
    const failure = (url: string, rows: unknown) =>
      page.evaluate(`failure("${url}", ${JSON.stringify(rows)})`);
    expect(await failure("/no-model.onnx", NEW_ROWS)).toMatch(/^DataError: .*ONNX model/);
    expect(await failure("/gone.onnx", NEW_ROWS)).toMatch(
      /^DataError: \/gone\.onnx: the model cannot be fetched \(the server answers 404\)/,
    );
    const incomplete = NEW_ROWS.map(({ bill_depth_mm: depth }) => ({ bill_depth_mm: depth }));
    expect(await failure("/model.onnx", incomplete)).toMatch(/^DataError: .*"island"/);
    await expect(model.predict(incomplete)).rejects.toThrow('"island"');
  });

  it("sends no row anywhere and asks nobody but its own server", () => {
    const { port } = server.address() as AddressInfo;
    expect(
      asked.filter((url) => !url.startsWith(`http://127.0.0.1:${port}/`) && !/^(data|blob):/.test(url)),
    ).toEqual([]);
    expect(asked.some((url) => url.endsWith(".wasm"))).toBe(true);
    expect(complaints).toEqual([expect.stringMatching(/404/)]); // the model that was asked for and is not there
  });
});

/** The same value with every number replaced by a matcher of 1e-5, relative above 1. */
function nearly(value: unknown): unknown {
  if (typeof value === "number")
    return expect.closeTo(value, -Math.log10(2e-5 * Math.max(1, Math.abs(value))));
  if (Array.isArray(value)) return value.map(nearly);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, nearly(inner)]));
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** Serves a folder and some files besides, on a free port of this machine. */
async function serve(files: Readonly<Record<string, string>>, folder: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    const path = normalize(request.url!.split("?")[0]!);
    const file = files[path] ?? join(folder, path === "/" ? "index.html" : path);
    try {
      const content = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
