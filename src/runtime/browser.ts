import { ConfigError, RuntimeFailure } from "../base/errors.js";
import { LocalRuntime } from "./local-runtime.js";
import { ortHost } from "./ort-session.js";
import type { OrtModule } from "./ort-values.js";
import { type Provider, type ProviderChoice, checkProvider, providersToTry } from "./providers.js";
import type { Runtime } from "./runtime.js";

/** How the runtime in a page is set up. */
export interface BrowserRuntimeOptions {
  /**
   * Address of the folder with ort-wasm-simd-threaded.wasm and .mjs (for WebGPU: ort-wasm-simd-threaded.asyncify.wasm and
   * .mjs), with its last slash; default: beside the module.
   */
  readonly wasmPaths?: string;
  /**
   * An ONNX Runtime module the page has loaded itself; default: `onnxruntime-web/wasm`, imported when needed. WebGPU needs
   * `await import("onnxruntime-web/webgpu")` here: if Kindred named it, every page's build would carry its 27 MB.
   */
  readonly ort?: OrtModule;
  /**
   * What sessions run on: `cpu` (default) is WebAssembly; `webgpu` fails where the page has no adapter; `auto` takes WebGPU if
   * the page gives such a module and has an adapter that is no emulation. Each operation costs a launch there, so that the many
   * small ones of a training step or of one row are likely slower: measure before taking it.
   */
  readonly provider?: ProviderChoice;
}

/**
 * Starts the tensor runtime in a page, in the page's own thread.
 *
 * A run blocks the page while it computes: cut long loops with `runInSlices`. Threads need cross-origin isolation, so
 * one is used.
 *
 * @throws {ConfigError} for an unknown provider, or one that the page does not have.
 * @throws {RuntimeFailure} if onnxruntime-web cannot be loaded.
 */
export async function browserRuntime(options: BrowserRuntimeOptions = {}): Promise<Runtime> {
  const asked = checkProvider(options.provider ?? "cpu", "runtime", "provider");
  const provider = await chosenProvider(asked, options.ort !== undefined);
  const ort = options.ort ?? (await importOrt());
  ort.env.wasm.numThreads = 1;
  if (options.wasmPaths !== undefined) ort.env.wasm.wasmPaths = options.wasmPaths;
  const version = ort.env.versions.web ?? ort.env.versions.common;
  const reason = `onnxruntime-web ${version} in this page${provider === "webgpu" ? ", on WebGPU" : ""}`;
  return new LocalRuntime(
    { kind: "wasm", version, reason },
    ortHost(ort, "wasm", provider, [provider, "cpu"]),
  );
}

/** What of WebGPU is read here; the types of pages are not loaded in this project. */
interface Gpu {
  requestAdapter(): Promise<{ readonly info?: { readonly isFallbackAdapter?: boolean } } | null>;
}

async function chosenProvider(asked: ProviderChoice, hasModule: boolean): Promise<Provider> {
  if (asked === "cpu" || (asked === "auto" && !hasModule)) return "cpu";
  const { navigator } = globalThis as { readonly navigator?: { readonly gpu?: Gpu } };
  const adapter = await navigator?.gpu?.requestAdapter();
  if (asked !== "auto") {
    const [provider] = providersToTry(asked, adapter ? ["cpu", "webgpu"] : ["cpu"]);
    if (hasModule) return provider;
    const fix = 'Pass ort: await import("onnxruntime-web/webgpu").';
    const expected = "given for WebGPU";
    throw new ConfigError({ where: "runtime", subject: "ort", expected, got: "none", fix });
  }
  return adapter && adapter.info?.isFallbackAdapter !== true ? "webgpu" : "cpu";
}

async function importOrt(): Promise<OrtModule> {
  try {
    return await import("onnxruntime-web/wasm");
  } catch (cause) {
    const problem = `cannot be loaded (${cause instanceof Error ? cause.message : String(cause)})`;
    const fix = "Serve onnxruntime-web beside the page, or pass a loaded module as ort.";
    throw new RuntimeFailure({ where: "runtime", subject: "onnxruntime-web", problem, fix }, { cause });
  }
}
