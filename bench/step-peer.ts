import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { PeerMissing } from "./bench.js";
import type { StepShape } from "./step-shape.js";

/** A script in `bench/peers/` and the Python package it stands for. */
export interface PeerScript {
  readonly script: string;
  /** The library's name and the package that brings it. */
  readonly library: string;
  readonly install: string;
  /** Sent along with every shape. */
  readonly options?: Readonly<Record<string, boolean | number | string>>;
}

/** PyTorch eager with fused Adam. */
export const PYTORCH: PeerScript = { script: "step.py", library: "PyTorch", install: "torch" };

/** PyTorch with the forward pass, the losses and the backward pass compiled. */
export const PYTORCH_COMPILED: PeerScript = { ...PYTORCH, options: { compile: true } };

/** LibMTL's own training loop. */
export const LIBMTL: PeerScript = { script: "libmtl.py", library: "LibMTL", install: "LibMTL" };

/** What a peer says once its model stands. */
interface Hello {
  readonly version?: string;
  /** Why the peer cannot do what was asked. */
  readonly unable?: string;
}

/** What a peer took for so many steps, in milliseconds. */
interface Spent {
  readonly ms: number;
  readonly processorMs: number;
}

/** A peer in a child process that lives as long as the bench, so that both sides can be measured in turns. */
export class StepPeer {
  /** Version of the peer's library. */
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
   * @throws {PeerMissing} if there is no Python, not the library in it, or if the peer cannot do what was asked.
   */
  static async start(shape: StepShape, peer: PeerScript = PYTORCH): Promise<StepPeer> {
    const python = process.env["KINDRED_BENCH_PYTHON"] ?? "python3";
    const script = fileURLToPath(new URL(`peers/${peer.script}`, import.meta.url));
    const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout! });
    const started = await new Promise<boolean>((resolve) => {
      child.once("spawn", () => resolve(true));
      child.once("error", () => resolve(false));
    });
    const missing = new PeerMissing(
      `the peer is ${peer.library}, which ${python} does not have: make a venv, run "pip install ${peer.install}" in it and set KINDRED_BENCH_PYTHON to its python.`,
    );
    if (!started) throw missing;
    const answers = lines[Symbol.asyncIterator]();
    child.stdin!.on("error", () => {}); // the peer has ended; its missing answer says so
    child.stdin!.write(`${JSON.stringify({ ...shape, ...peer.options })}\n`);
    const { version, unable } = await answer<Hello>(answers);
    if (version !== undefined && unable === undefined) return new StepPeer(child, answers, version);
    child.stdin!.end();
    throw unable === undefined ? missing : new PeerMissing(`${peer.library} ${version}: ${unable}`);
  }

  /** Runs `steps` training steps; milliseconds per step by the clock. */
  async measure(steps: number): Promise<number> {
    return (await this.spent(steps)).ms / steps;
  }

  /** Runs `steps` training steps; milliseconds of processor time per step. */
  async measureProcessor(steps: number): Promise<number> {
    return (await this.spent(steps)).processorMs / steps;
  }

  close(): void {
    this.child.stdin!.end();
  }

  private spent(steps: number): Promise<Spent> {
    this.child.stdin!.write(`${JSON.stringify({ steps })}\n`);
    return answer<Spent>(this.answers);
  }
}

async function answer<T>(answers: AsyncIterator<string>): Promise<T> {
  const { value, done } = await answers.next();
  if (done) throw new Error("the peer has ended without an answer");
  return JSON.parse(value) as T;
}
