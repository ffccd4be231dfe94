import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { type PreviewServer, build, preview } from "vite";
import { type Bench, PeerMissing } from "./bench.js";
import { inTurns } from "./in-turns.js";
import type { Steps } from "./step-ours.js";
import { SMALL } from "./step-small.js";
import { StepPeer } from "./step-peer.js";
import type { StepShape } from "./step-shape.js";

const CHROMIUM = process.env["KINDRED_BENCH_CHROMIUM"] ?? "/usr/bin/chromium";
const PAGE = fileURLToPath(new URL("browser-page", import.meta.url));
const ROUNDS = 9; // as the benches in Node

/**
 * Milliseconds per training step of the small model in a page of headless Chromium, on WebAssembly in one thread, against
 * PyTorch in one thread: what `step-small` measures, in a page.
 */
export const browserSmall: Bench = async (name) => {
  const peer = await StepPeer.start(SMALL);
  const page = await openPage(SMALL).catch((error: unknown) => {
    peer.close();
    throw error;
  });
  try {
    const sides = [() => page.measure(SMALL.steps), () => peer.measure(SMALL.steps)];
    const [ours, theirs] = (await inTurns(sides, ROUNDS)) as [number, number];
    const against = `${page.what} against PyTorch ${peer.version}, one thread each`;
    return { name, ours, peer: theirs, unit: "ms/step", ratio: theirs / ours, against };
  } finally {
    peer.close();
    await page.close();
  }
};

/** Our training steps in a page. */
interface OpenedPage {
  /** What takes the steps, with versions. */
  readonly what: string;
  readonly measure: Steps;
  close(): Promise<void>;
}

async function openPage(shape: StepShape): Promise<OpenedPage> {
  if (!existsSync(CHROMIUM)) {
    throw new PeerMissing(
      `the page needs Chromium, and ${CHROMIUM} is not there: set KINDRED_BENCH_CHROMIUM to its executable.`,
    );
  }
  const site = await mkdtemp(join(tmpdir(), "kindred-bench-"));
  let server: PreviewServer | undefined;
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await server?.close();
    await rm(site, { recursive: true, force: true });
  };
  try {
    server = await servePage(site);
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
    });
    const page = await browser.newPage();
    await page.goto(server.resolvedUrls!.local[0]!);
    const version = await page.evaluate<string>(`stepPage.start(${JSON.stringify(shape)})`);
    const what = `ONNX Runtime ${version} wasm in Chromium ${browser.version()}`;
    return { what, measure: (steps) => page.evaluate<number>(`stepPage.measure(${steps})`), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function servePage(site: string): Promise<PreviewServer> {
  const built = { outDir: site, emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 2000 };
  await build({ root: PAGE, configFile: false, logLevel: "error", build: built });
  const address = { host: "127.0.0.1" };
  return preview({ root: PAGE, configFile: false, logLevel: "silent", build: built, preview: address });
}
