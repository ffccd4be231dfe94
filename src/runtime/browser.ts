import { RuntimeFailure } from "../base/errors.js";
import { ortHost, type OrtHost } from "./ort-session.js";
import type { OrtModule } from "./ort-values.js";
import type { Runtime, Session, SessionOptions, Values } from "./runtime.js";

/** How the runtime in a page is set up. */
export interface BrowserRuntimeOptions {
  /** Address of the folder with ort-wasm-simd-threaded.wasm and .mjs, with its last slash; default: beside the module. */
  readonly wasmPaths?: string;
  /** An ONNX Runtime module the page has loaded itself; default: `onnxruntime-web/wasm`, imported when needed. */
  readonly ort?: OrtModule;
}

/**
 * Starts the tensor runtime in a page, on WebAssembly and in the page's own thread.
 *
 * A run blocks the page while it computes: cut long loops with `runInSlices`. Threads need cross-origin isolation, so
 * one is used.
 *
 * @throws {RuntimeFailure} if onnxruntime-web cannot be loaded.
 */
export async function browserRuntime(options: BrowserRuntimeOptions = {}): Promise<Runtime> {
  const ort = options.ort ?? (await importOrt());
  ort.env.wasm.numThreads = 1;
  if (options.wasmPaths !== undefined) ort.env.wasm.wasmPaths = options.wasmPaths;
  return new PageRuntime(ort.env.versions.web ?? ort.env.versions.common, ortHost(ort, "wasm"));
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

class PageRuntime implements Runtime {
  readonly kind = "wasm";
  readonly version: string;
  readonly reason: string;
  readonly workers = 1;
  private readonly host: OrtHost;
  private readonly sessions = new Set<Session>();
  private closed = false;

  constructor(version: string, host: OrtHost) {
    this.version = version;
    this.reason = `onnxruntime-web ${version} in this page`;
    this.host = host;
  }

  async open(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    this.checkOpen();
    const inner = await this.host.open(model, options);
    const session = this.own(inner);
    if (this.closed) await session.close();
    this.checkOpen();
    return session;
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.sessions].map((session) => session.close()));
  }

  /** Copies what goes in, as crossing to a worker does, so that the caller's arrays may change afterwards. */
  private own(inner: Session): Session {
    const session: Session = {
      inputs: inner.inputs,
      outputs: inner.outputs,
      run: async (feeds, options) => inner.run(copied(feeds), options),
      hold: async (values) => inner.hold(copied(values)),
      held: (names) => inner.held(names),
      close: () => {
        this.sessions.delete(session);
        return inner.close();
      },
    };
    this.sessions.add(session);
    return session;
  }

  private checkOpen(): void {
    if (!this.closed) return;
    const got = "a closed one";
    throw new RuntimeFailure({ where: "runtime", subject: "the runtime", expected: "open", got });
  }
}

function copied(values: Values): Values {
  try {
    return structuredClone(values);
  } catch (cause) {
    const problem = `cannot be copied: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new RuntimeFailure({ where: "session", subject: "the fed or held values", problem }, { cause });
  }
}
