import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { ConfigError, RuntimeFailure, type ErrorParts } from "../base/errors.js";
import type { LoadedFacts, WorkerCalls, WorkerReply, WorkerRequest } from "./worker-protocol.js";
import type { OrtChoice } from "./load-ort.js";
import type { ProviderChoice } from "./providers.js";

interface Waiting {
  resolve(result: never): void;
  reject(reason: unknown): void;
}

/**
 * One worker thread with ONNX Runtime in it, and the calls on their way to it.
 *
 * The thread keeps the process alive only while a call is pending. When it dies, every pending and later call is
 * rejected with a RuntimeFailure.
 */
export class WorkerLink {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private death: RuntimeFailure | undefined;
  private native = false;

  /** Takes over a thread that runs worker.js. */
  constructor(worker: Worker) {
    this.worker = worker;
    worker.on("message", (message: WorkerReply) => this.settle(message));
    worker.on("error", (cause) => this.die(ended(`has failed: ${cause.message}`), cause));
    worker.on("messageerror", (cause) =>
      this.die(ended(`sent an unreadable answer: ${cause.message}`), cause),
    );
    worker.on("exit", (code) => this.die(ended(`has ended with exit code ${code}`)));
    worker.unref();
  }

  /**
   * Starts a worker and loads ONNX Runtime in it.
   *
   * @param provider what its sessions run on.
   * @throws {RuntimeFailure} if the built worker is absent or older than its source, or if the runtime cannot load.
   * @throws {ConfigError} if it does not have the provider.
   */
  static async start(
    choice: OrtChoice,
    provider: ProviderChoice = "cpu",
  ): Promise<{ link: WorkerLink; facts: LoadedFacts }> {
    const link = new WorkerLink(new Worker(workerUrl(), { execArgv: [], name: "kindred-runtime" }));
    try {
      const facts = await link.call("load", { choice, provider });
      link.native = facts.kind === "native";
      return { link, facts };
    } catch (cause) {
      await link.close();
      throw cause;
    }
  }

  /** False from the moment the worker has died or was closed. */
  get alive(): boolean {
    return this.death === undefined;
  }

  /**
   * Sends one call; what `args` holds is copied, so the caller's arrays stay usable, but for those that are `moved`.
   *
   * @throws {RuntimeFailure} from the worker, or if the worker dies, or if `args` cannot be copied.
   */
  call<K extends keyof WorkerCalls>(
    call: K,
    args: WorkerCalls[K]["args"],
    moved: readonly ArrayBuffer[] = [],
  ): Promise<WorkerCalls[K]["result"]> {
    return new Promise((resolve, reject) => {
      if (this.death) return reject(again(this.death));
      const id = ++this.lastId;
      try {
        this.worker.postMessage({ id, call, args }, moved);
      } catch (cause) {
        const problem = `cannot be sent to the worker: ${cause instanceof Error ? cause.message : String(cause)}`;
        return reject(
          new RuntimeFailure({ where: "runtime", subject: `the call ${call}`, problem }, { cause }),
        );
      }
      this.waiting.set(id, { resolve, reject });
      if (this.waiting.size === 1) this.worker.ref();
    });
  }

  /** Ends the thread; pending calls are rejected. A native operation under way is waited for. */
  async close(): Promise<void> {
    this.die({ where: "runtime", subject: "the runtime", expected: "open", got: "a closed one" });
    if (this.native) await this.rest();
    await this.worker.terminate();
  }

  /** Brings the thread to rest outside of native code, where ending it would end the whole process. */
  private rest(): Promise<void> {
    return new Promise((resolve) => {
      this.worker.once("exit", () => resolve());
      this.worker.on("message", ({ id }: WorkerReply) => {
        if (id === REST) resolve();
      });
      this.worker.ref();
      this.worker.postMessage({ id: REST, call: "rest", args: {} } satisfies WorkerRequest, []);
    });
  }

  private settle(message: WorkerReply): void {
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (this.waiting.size === 0) this.worker.unref();
    if (message.ok) waiting?.resolve(message.result as never); // the reply's type belongs to the call of this id
    else waiting?.reject(new (message.mistake ? ConfigError : RuntimeFailure)(message.parts));
  }

  private die(parts: ErrorParts, cause?: unknown): void {
    this.death ??= new RuntimeFailure(parts, { cause });
    for (const { reject } of this.waiting.values()) reject(again(this.death));
    this.waiting.clear();
    this.worker.unref();
  }
}

const REST = 0; // the id of the last call; others count from 1

const ended = (problem: string): ErrorParts => ({
  where: "runtime",
  subject: "the worker thread",
  problem,
  fix: "Open the session again; it gets a new worker.",
});

/** A fresh error for each rejected call, so that each has its own stack. */
const again = (death: RuntimeFailure): RuntimeFailure =>
  new RuntimeFailure(death.parts, { cause: death.cause });

/** Files of the worker's side, without extension: what must be rebuilt when it changes. */
const WORKER_FILES = [
  "worker",
  "worker-values",
  "alternation",
  "ort-session",
  "ort-values",
  "load-ort",
  "providers",
  "run-failure",
] as const;

/**
 * Address of the built worker, also when this code runs from its TypeScript sources.
 *
 * @throws {RuntimeFailure} if it is not built, or is older than its source.
 */
export function workerUrl(): URL {
  if (!import.meta.url.endsWith(".ts")) return new URL("./worker.js", import.meta.url);
  for (const file of WORKER_FILES) {
    const built = fileURLToPath(new URL(`../../dist/runtime/${file}.js`, import.meta.url));
    const source = fileURLToPath(new URL(`./${file}.ts`, import.meta.url));
    const problem = !existsSync(built)
      ? "is not built"
      : statSync(built).mtimeMs < statSync(source).mtimeMs && "is older than its source";
    if (problem) {
      const fix = "Run npm run build first.";
      throw new RuntimeFailure({ where: "runtime", subject: `dist/runtime/${file}.js`, problem, fix });
    }
  }
  return new URL("../../dist/runtime/worker.js", import.meta.url);
}
