import { RuntimeFailure } from "../base/errors.js";
import type { OrtModule } from "./ort-values.js";
import { builtProviders, type Provider } from "./providers.js";

/** Which runtime to load: `auto` is native if it loads, else WebAssembly; the others are forced. */
export type OrtChoice = "auto" | "native" | "wasm";

/** What was loaded, and why not the native one if it was tried in vain. */
export interface LoadedOrt {
  readonly kind: "native" | "wasm";
  readonly version: string;
  /** One sentence for people. */
  readonly reason: string;
  /** What it was built with; an accelerator among them may still lack its driver. */
  readonly providers: readonly Provider[];
  readonly ort: OrtModule;
}

/** How the two modules are imported; tests put failing ones in. */
export interface OrtImporters {
  native(): Promise<unknown>;
  wasm(): Promise<unknown>;
}

const NATIVE_PACKAGE: string = "onnxruntime-node"; // optional, hence unknown to the compiler

const PACKAGES: OrtImporters = {
  native: () => import(NATIVE_PACKAGE),
  wasm: () => import("onnxruntime-web"),
};

const INSTALL = `ONNXRUNTIME_NODE_INSTALL=skip npm i ${NATIVE_PACKAGE}`;

/**
 * Loads ONNX Runtime: the native package if it is there and works, else the WebAssembly one.
 *
 * @throws {RuntimeFailure} if the forced one, or with `auto` both, cannot be loaded.
 */
export async function loadOrt(choice: OrtChoice, importers: OrtImporters = PACKAGES): Promise<LoadedOrt> {
  if (choice === "wasm") return loadWasm(undefined, importers);
  try {
    const ort = moduleOf(await importers.native());
    const version = ort.env.versions.node ?? ort.env.versions.common;
    const reason = `${NATIVE_PACKAGE} ${version} found`;
    return { kind: "native", version, ort, reason, providers: builtProviders(ort) };
  } catch (cause) {
    const { problem, remedy } = explain(cause);
    if (choice === "auto") {
      const slower = "so this runs on WebAssembly, about 3-7 times slower";
      return loadWasm(`${NATIVE_PACKAGE} ${problem}, ${slower}; ${remedy}`, importers);
    }
    const fix = `${remedy[0]?.toUpperCase()}${remedy.slice(1)}.`;
    throw new RuntimeFailure({ where: "runtime", subject: NATIVE_PACKAGE, problem, fix }, { cause });
  }
}

async function loadWasm(fallback: string | undefined, importers: OrtImporters): Promise<LoadedOrt> {
  try {
    const ort = moduleOf(await importers.wasm());
    ort.env.wasm.numThreads = 1; // measured: two threads on two shared cores are slower than one
    const version = ort.env.versions.web ?? ort.env.versions.common;
    return {
      kind: "wasm",
      version,
      ort,
      providers: ["cpu"],
      reason: fallback ?? `WebAssembly was asked for: onnxruntime-web ${version}`,
    };
  } catch (cause) {
    throw new RuntimeFailure(
      {
        where: "runtime",
        subject: "onnxruntime-web",
        problem: `cannot be loaded (${messageOf(cause)})`,
        fix: "Install Kindred again: npm i.",
      },
      { cause },
    );
  }
}

/** A CommonJS module arrives with its exports under `default` as well; both forms are taken. */
function moduleOf(imported: unknown): OrtModule {
  const module = imported as OrtModule & { readonly default?: OrtModule };
  return module.InferenceSession ? module : (module.default ?? module);
}

function explain(cause: unknown): { problem: string; remedy: string } {
  const message = messageOf(cause);
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const missing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
  if (missing && message.includes(".node'")) {
    return {
      problem: `has no binary for ${process.platform} ${process.arch}`,
      remedy: "a machine with another processor or system has the native runtime",
    };
  }
  if (missing) return { problem: "is not installed", remedy: `to get the native runtime: ${INSTALL}` };
  const clash = /libonnxruntime|VERS_/.test(message);
  return {
    problem: `cannot be loaded (${message})`,
    remedy: clash
      ? `two versions of it in one process clash, so keep one only (npm ls ${NATIVE_PACKAGE} lists them)`
      : `to install it afresh: ${INSTALL}`,
  };
}

const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split("\n", 1)[0]!.replace(/\.$/, "");
