import { availableParallelism } from "node:os";
import { KindredError } from "../base/errors.js";
import { defaultWorkers, forcedRuntime, withForce } from "./node.js";
import type { Provider } from "./providers.js";
import { WorkerLink } from "./worker-link.js";

/** Whether one of the two runtimes works here. */
export interface RuntimeFinding {
  readonly available: boolean;
  /** Version of ONNX Runtime, if it loads. */
  readonly version?: string;
  /** What it was built to run on, if it loads; an accelerator among them may still lack its driver. */
  readonly providers?: readonly Provider[];
  /** Why it does not load, and how to mend it. */
  readonly problem?: string;
}

/** What this machine offers to run models on. */
export interface RuntimeInspection {
  readonly native: RuntimeFinding;
  readonly wasm: RuntimeFinding;
  /** The runtime that `nodeRuntime()` takes; `none` if it would fail. */
  readonly chosen: "native" | "wasm" | "none";
  /** Why: one sentence for people. */
  readonly reason: string;
  /** Cores this process may use. */
  readonly cores: number;
  /** Worker threads used when none are asked for. */
  readonly workers: number;
  /** Whether WebAssembly has SIMD here, which onnxruntime-web needs. */
  readonly simd: boolean;
}

/**
 * Tries both runtimes, each in a worker thread that is ended afterwards.
 *
 * @throws {ConfigError} if KINDRED_RUNTIME is neither native nor wasm.
 */
export async function inspectRuntime(): Promise<RuntimeInspection> {
  const choice = forcedRuntime() ?? "auto";
  const native = await tryRuntime("native");
  const wasm = await tryRuntime("wasm");
  const first = choice === "wasm" ? wasm : native;
  const chosen = choice === "auto" && first.kind === "none" ? await tryRuntime("auto") : first;
  return {
    native: native.finding,
    wasm: wasm.finding,
    chosen: chosen.kind,
    reason: withForce(chosen.reason),
    cores: availableParallelism(),
    workers: defaultWorkers(),
    simd: hasSimd(),
  };
}

interface Attempt {
  readonly finding: RuntimeFinding;
  readonly kind: "native" | "wasm" | "none";
  readonly reason: string;
}

async function tryRuntime(choice: "native" | "wasm" | "auto"): Promise<Attempt> {
  try {
    const { link, facts } = await WorkerLink.start(choice);
    await link.close();
    const { version, providers, kind, reason } = facts;
    return { finding: { available: true, version, providers }, kind, reason };
  } catch (cause) {
    if (!(cause instanceof KindredError)) throw cause;
    return { finding: { available: false, problem: cause.message }, kind: "none", reason: cause.message };
  }
}

/** The smallest module with a SIMD instruction: `() → v128`, made of i32.const 0 and i8x16.splat. */
const SIMD_MODULE = "0061736d010000000105016000017b030201000a080106004100fd0f0b";

function hasSimd(): boolean {
  // Node has WebAssembly, but its types come with the browser's, which this project does not load.
  const { WebAssembly } = globalThis as unknown as { WebAssembly: { validate(bytes: Uint8Array): boolean } };
  return WebAssembly.validate(Buffer.from(SIMD_MODULE, "hex"));
}
