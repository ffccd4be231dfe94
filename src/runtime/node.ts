import { availableParallelism } from "node:os";
import { ConfigError } from "../base/errors.js";
import type { OrtChoice } from "./load-ort.js";
import type { Runtime } from "./runtime.js";
import { WorkerLink } from "./worker-link.js";
import { WorkerPool } from "./worker-pool.js";

/** How the runtime on Node is set up. */
export interface NodeRuntimeOptions {
  /** Worker threads, at least 1; default: 2, or 1 on a machine with one core. They start as sessions need them. */
  readonly workers?: number;
  /** `native` (default) falls back to WebAssembly; `wasm` takes WebAssembly. The environment has the last word. */
  readonly prefer?: "native" | "wasm";
}

/** Worker threads used when none are asked for: two sessions side by side, if there are two cores. */
export const defaultWorkers = (): number => Math.min(2, availableParallelism());

/**
 * Starts the tensor runtime on Node: sessions live in worker threads, so a run never blocks the event loop.
 *
 * A session goes to the worker with the fewest open sessions. The environment variable KINDRED_RUNTIME=native or
 * KINDRED_RUNTIME=wasm forces one runtime. An idle runtime does not keep the process alive. Closing rejects the calls
 * still pending.
 *
 * @throws {ConfigError} if KINDRED_RUNTIME or `workers` has an impossible value.
 * @throws {RuntimeFailure} if the forced runtime, or any runtime at all, cannot be loaded.
 */
export async function nodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const { workers = defaultWorkers(), prefer = "native" } = options;
  if (!Number.isInteger(workers) || workers < 1) {
    const expected = "a whole number of at least 1";
    throw new ConfigError({ where: "runtime", subject: "workers", expected, got: String(workers) });
  }
  const { link, facts } = await WorkerLink.start(forcedRuntime() ?? (prefer === "wasm" ? "wasm" : "auto"));
  return new WorkerPool(workers, link, { ...facts, reason: withForce(facts.reason) });
}

/**
 * Reads KINDRED_RUNTIME.
 *
 * @throws {ConfigError} if it is neither native nor wasm, nor empty.
 */
export function forcedRuntime(): Exclude<OrtChoice, "auto"> | undefined {
  const value = process.env["KINDRED_RUNTIME"];
  if (value === undefined || value === "") return undefined;
  if (value === "native" || value === "wasm") return value;
  const got = `"${value}"`;
  throw new ConfigError({
    where: "environment",
    subject: "KINDRED_RUNTIME",
    expected: "native or wasm",
    got,
  });
}

/** Adds to a runtime's reason that the environment has forced it, if so. */
export function withForce(reason: string): string {
  const forced = forcedRuntime();
  return forced ? `${reason} (KINDRED_RUNTIME=${forced})` : reason;
}
