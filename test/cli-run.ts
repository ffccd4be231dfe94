import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

/** The built command line. */
export const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

/** What a run of the command line left. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Options of one run: where, what comes on standard input, and what to do when standard error says something. */
export interface RunOptions {
  readonly cwd: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sends this signal once, when standard error matches or so many milliseconds later. */
  readonly kill?: { readonly when: RegExp; readonly signal: NodeJS.Signals; readonly afterMs?: number };
}

/** Runs `kindred` with words and waits for its end. */
export function kindred(words: readonly string[], options: RunOptions): Promise<Outcome> {
  if (!existsSync(MAIN)) throw new Error("dist/cli/main.js is missing: run npm run build first");
  const env = { ...process.env, NO_COLOR: "1", ...options.env };
  const child = spawn(process.execPath, [MAIN, ...words], { cwd: options.cwd, env });
  let [out, err, killed] = ["", "", false];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
    if (killed || !options.kill?.when.test(err)) return;
    killed = true;
    const { signal, afterMs = 0 } = options.kill;
    if (afterMs === 0) child.kill(signal);
    else setTimeout(() => child.kill(signal), afterMs);
  });
  child.stdin.end(options.input ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

/** Expects `kindred` to refuse words for a user's mistake: exit code 2, nothing trained or printed but a last line that says why. */
export async function expectRefusal(words: readonly string[], cwd: string, message: RegExp): Promise<void> {
  const { code, out, err } = await kindred(words, { cwd });
  expect([code, out]).toEqual([2, ""]);
  expect(err.trimEnd().split("\n").at(-1)).toMatch(message);
  expect(err).not.toContain("Training");
}

/** A new folder with files in it; the test takes it away with {@link leave}. */
export async function enter(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kindred-cli-"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

/** Takes a folder of {@link enter} away. */
export const leave = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** Every path below a folder, sorted, hidden ones too. */
export async function everything(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

const COLOURS = ["red", "green", "blue"] as const;

/** Cells of row `i` of the small table, which hold some relation to each other and no missing value. */
export function row(i: number): { x: string; y: string; colour: string; label: string; amount: string } {
  const x = ((i * 37) % 101) / 10;
  const y = ((i * 53) % 89) / 7;
  return {
    x: x.toFixed(2),
    y: y.toFixed(3),
    colour: COLOURS[i % 3]!,
    label: x + y > 10 ? "yes" : "no",
    amount: (2 * x - y + (i % 3) + ((i * 29) % 31) / 40).toFixed(3),
  };
}

/** A small CSV of columns x, y, colour, label, amount; `change` may rewrite the cells of a row. */
export function table(
  rows: number,
  change: (cells: ReturnType<typeof row>, i: number) => Readonly<Record<string, string>> = (cells) => cells,
): string {
  const all = Array.from({ length: rows }, (_, i) => change(row(i), i));
  return [Object.keys(all[0]!), ...all.map((cells) => Object.values(cells))]
    .map((cells) => `${cells.join(",")}\n`)
    .join("");
}
