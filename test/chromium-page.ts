import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type Page, chromium } from "playwright-core";
import { type Rolldown, build, createLogger } from "vite";
import { expect } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The browser these tests drive. */
export const CHROMIUM = "/usr/bin/chromium";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A page as it was built: its scripts and what the build said. */
export interface BuiltPage {
  readonly chunks: readonly Rolldown.OutputChunk[];
  readonly warnings: readonly string[];
}

/**
 * Builds a page as a user would, with the package's entry for pages.
 *
 * @param source folder of the page, from the root of the repository.
 * @param configFile a Vite configuration of its own, from the root.
 */
export async function buildPage(source: string, outDir: string, configFile?: string): Promise<BuiltPage> {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    exports: Record<string, { default: string }>;
  };
  const entry = join(root, exports["./browser"]!.default);
  if (!existsSync(entry)) throw new Error(`${entry} is missing: run npm run build first`);
  const warnings: string[] = [];
  const customLogger = createLogger("silent");
  customLogger.warn = (text) => warnings.push(text);
  const result = await build({
    root: join(root, source),
    configFile: configFile === undefined ? false : join(root, configFile),
    customLogger,
    resolve: { alias: { "kindred/browser": entry } },
    logLevel: "silent",
    build: {
      reportCompressedSize: false,
      outDir,
      emptyOutDir: true,
      target: "es2023",
      chunkSizeWarningLimit: 2000,
      rolldownOptions: { checks: { pluginTimings: false } }, // a busy machine is slow, which is no fault of the page
    },
  });
  const { output } = result as Rolldown.RolldownOutput;
  return { chunks: output.filter((file) => file.type === "chunk"), warnings };
}

/** A page open in headless Chromium, served on this machine. */
export interface OpenPage {
  readonly page: Page;
  /** Address of the page, with its last slash. */
  readonly address: string;
  /** Every address that was asked for. */
  readonly asked: readonly string[];
  /** Errors and warnings of the page, in words. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Serves a folder, and some files besides, and opens its index.html. */
export async function openPage(
  folder: string,
  files: Readonly<Record<string, string>> = {},
): Promise<OpenPage> {
  const server = await serve(files, folder);
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await new Promise((resolve) => server.close(resolve));
  };
  try {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    const page = await browser.newPage();
    const [asked, complaints]: [string[], string[]] = [[], []];
    page.on("request", (request) => asked.push(request.url()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await page.goto(address);
    return { page, address, asked, complaints, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
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

/** The same value with every number replaced by a matcher of `tolerance`, relative above 1. */
export function nearly(value: unknown, tolerance = 1e-5): unknown {
  if (typeof value === "number")
    return expect.closeTo(value, -Math.log10(2 * tolerance * Math.max(1, Math.abs(value))));
  if (Array.isArray(value)) return value.map((inner) => nearly(inner, tolerance));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, nearly(inner, tolerance)]));
}
