import { type ChildProcess, spawn } from "node:child_process";
import { type Interface, createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { PeerMissing } from "./bench.js";
import type { StepShape } from "./step-shape.js";

const SCRIPT = fileURLToPath(new URL("peers/step.py", import.meta.url));

/** PyTorch in a child process that lives as long as the bench, so that both sides can be measured in turns. */
export class StepPeer {
  /** Version of PyTorch. */
  readonly version: string;
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;

  private constructor(child: ChildProcess, answers: AsyncIterator<string>, version: string) {
    this.child = child;
    this.answers = answers;
    this.version = version;
  }

  /**
   * Starts the peer and lets it build its model.
   *
   * @throws {PeerMissing} if there is no Python, or no PyTorch in it.
   */
  static async start(shape: StepShape): Promise<StepPeer> {
    const python = process.env["KINDRED_BENCH_PYTHON"] ?? "python3";
    const child = spawn(python, [SCRIPT], { stdio: ["pipe", "pipe", "inherit"] });
    const lines: Interface = createInterface({ input: child.stdout! });
    const started = await new Promise<boolean>((resolve) => {
      child.once("spawn", () => resolve(true));
      child.once("error", () => resolve(false));
    });
    const missing = `the peer is PyTorch, which ${python} does not have: make a venv, run "pip install torch" in it and set KINDRED_BENCH_PYTHON to its python.`;
    if (!started) throw new PeerMissing(missing);
    const answers = lines[Symbol.asyncIterator]();
    child.stdin!.write(`${JSON.stringify(shape)}\n`);
    const hello = await answer<{ readonly torch?: string }>(answers);
    if (hello.torch === undefined) throw new PeerMissing(missing);
    return new StepPeer(child, answers, hello.torch);
  }

  /** Runs `steps` training steps; milliseconds per step. */
  async measure(steps: number): Promise<number> {
    this.child.stdin!.write(`${JSON.stringify({ steps })}\n`);
    return (await answer<{ readonly ms: number }>(this.answers)).ms / steps;
  }

  close(): void {
    this.child.stdin!.end();
  }
}

async function answer<T>(answers: AsyncIterator<string>): Promise<T> {
  const { value, done } = await answers.next();
  if (done) throw new Error("the peer has ended without an answer");
  return JSON.parse(value) as T;
}
