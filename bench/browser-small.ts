import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build, preview } from "vite";
import { PeerMissing } from "./bench.js";
import { SMALL } from "./step-small.js";
import { type StepPlace, stepBench } from "./step.js";
import type { StepShape } from "./step-shape.js";

const CHROMIUM = process.env["KINDRED_BENCH_CHROMIUM"] ?? "/usr/bin/chromium";
const PAGE = fileURLToPath(new URL("browser-page", import.meta.url));

/** Steps of the small model in a page of headless Chromium, on WebAssembly. */
export const browserSmall = stepBench(SMALL, inChromium);

async function inChromium(shape: StepShape): Promise<StepPlace> {
  if (!existsSync(CHROMIUM)) {
    throw new PeerMissing(
      `the page needs Chromium, and ${CHROMIUM} is not there: set KINDRED_BENCH_CHROMIUM to its executable.`,
    );
  }
  const site = await mkdtemp(join(tmpdir(), "kindred-bench-"));
  const files = { outDir: site, emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 2000 };
  await build({ root: PAGE, configFile: false, logLevel: "error", build: files });
  const server = await preview({
    root: PAGE,
    configFile: false,
    logLevel: "silent",
    build: { outDir: site },
    preview: { host: "127.0.0.1" },
  });
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  const page = await browser.newPage();
  await page.goto(server.resolvedUrls!.local[0]!);
  const version = await page.evaluate<string>(`stepPage.start(${JSON.stringify(shape)})`);
  return {
    what: `ONNX Runtime ${version} wasm in Chromium ${browser.version()}`,
    measure: (steps) => page.evaluate<number>(`stepPage.measure(${steps})`),
    async close() {
      await browser.close();
      await server.close();
      await rm(site, { recursive: true, force: true });
    },
  };
}
