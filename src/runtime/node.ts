import { availableParallelism } from "node:os";
import { ConfigError } from "../base/errors.js";
import { type OrtChoice, loadOrt } from "./load-ort.js";
import { LocalRuntime } from "./local-runtime.js";
import { ortHost } from "./ort-session.js";
import { type ProviderChoice, checkProvider, providersToTry } from "./providers.js";
import type { Runtime } from "./runtime.js";
import { WorkerLink } from "./worker-link.js";
import { WorkerPool } from "./worker-pool.js";

/** How the runtime on Node is set up. */
export interface NodeRuntimeOptions {
  /** Worker threads, at least 1; default: 2, or 1 on a machine with one core. They start as sessions need them. */
  readonly workers?: number;
  /** `native` (default) falls back to WebAssembly; `wasm` takes WebAssembly. The environment has the last word. */
  readonly prefer?: "native" | "wasm";
  /** What sessions run on: `cpu` (default), an accelerator, or `auto`. The environment has the last word. */
  readonly provider?: ProviderChoice;
  /**
   * Sessions live in the calling thread, and there are no workers: for short runs, as predictions are. Saves the way to a
   * worker and back, 0.1 ms and a copy of every value, and blocks the event loop while a run computes.
   */
  readonly inline?: boolean;
}

/** Worker threads used when none are asked for: two sessions side by side, if there are two cores. */
export const defaultWorkers = (): number => Math.min(2, availableParallelism());

/**
 * Starts the tensor runtime on Node: sessions live in worker threads, so a run never blocks the event loop, or with `inline`
 * in the calling thread.
 *
 * A session goes to the worker with the fewest open sessions. The environment variable KINDRED_RUNTIME=native or
 * KINDRED_RUNTIME=wasm forces one runtime, KINDRED_PROVIDER the provider. An idle runtime does not keep the process alive.
 * Closing rejects the calls still pending.
 *
 * @throws {ConfigError} if KINDRED_RUNTIME, KINDRED_PROVIDER or an option has an impossible value, or the runtime does not have
 * the provider; opening a session throws it where the provider does not start.
 * @throws {RuntimeFailure} if the forced runtime, or any runtime at all, cannot be loaded.
 */
export async function nodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const { workers = defaultWorkers(), prefer = "native", inline = false } = options;
  if (!Number.isInteger(workers) || workers < 1) {
    const expected = "a whole number of at least 1";
    throw new ConfigError({ where: "runtime", subject: "workers", expected, got: String(workers) });
  }
  const provider = forcedProvider() ?? checkProvider(options.provider ?? "cpu", "runtime", "provider");
  const choice = forcedRuntime() ?? (prefer === "wasm" ? "wasm" : "auto");
  if (inline) return inlineRuntime(choice, provider);
  const { link, facts } = await WorkerLink.start(choice, provider);
  return new WorkerPool(workers, link, { ...facts, reason: withForce(facts.reason) }, provider);
}

async function inlineRuntime(choice: OrtChoice, provider: ProviderChoice): Promise<Runtime> {
  const { ort, kind, version, reason, providers } = await loadOrt(choice);
  providersToTry(provider, providers);
  const host = ortHost(ort, kind, provider, providers);
  return new LocalRuntime({ kind, version, reason: withForce(reason) }, host);
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

/**
 * Reads KINDRED_PROVIDER.
 *
 * @throws {ConfigError} if it is no provider's name, nor auto, nor empty.
 */
export function forcedProvider(): ProviderChoice | undefined {
  const value = process.env["KINDRED_PROVIDER"];
  if (value === undefined || value === "") return undefined;
  return checkProvider(value, "environment", "KINDRED_PROVIDER");
}

/** Adds to a runtime's reason what the environment has forced, if anything. */
export function withForce(reason: string): string {
  const forced = (["KINDRED_RUNTIME", "KINDRED_PROVIDER"] as const)
    .map((name) => [name, process.env[name]] as const)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => `${name}=${value!}`);
  return forced.length > 0 ? `${reason} (${forced.join(", ")})` : reason;
}
