import { ConfigError } from "../base/errors.js";

/** What an operation can run on: the processor, or an accelerator that ONNX Runtime was built with. */
export const PROVIDERS = ["cpu", "cuda", "coreml", "directml", "webgpu"] as const;

/** One thing to run on. `cpu` is WebAssembly where the runtime is WebAssembly. */
export type Provider = (typeof PROVIDERS)[number];

/** What a caller asks for: `auto` is the first accelerator that is here and starts, else the processor. */
export type ProviderChoice = Provider | "auto";

/** The slugs that ONNX Runtime has for them; `cpu` is "wasm" in its WebAssembly build. */
const ORT_NAMES: Readonly<Record<Provider, string>> = {
  cpu: "cpu",
  cuda: "cuda",
  coreml: "coreml",
  directml: "dml",
  webgpu: "webgpu",
};

/** Where each is to be had, as a clause that fits after "…; ". */
const REMEDIES: Readonly<Record<Provider, string>> = {
  cpu: "every build has it",
  cuda: "CUDA needs Linux x64 with an NVIDIA driver, CUDA 12, cuDNN 9, and the libraries that npm i onnxruntime-node fetches with its install script allowed",
  coreml: "CoreML is in onnxruntime-node for macOS",
  directml: "DirectML is in onnxruntime-node for Windows",
  webgpu: "WebGPU needs a graphics driver, or a page in a browser that has navigator.gpu",
};

/** Order in which `auto` tries accelerators: what is made for one machine before what runs on all. */
const AUTO: readonly Provider[] = ["cuda", "coreml", "directml", "webgpu"];

/** The name that ONNX Runtime has for a provider. */
export function ortProvider(provider: Provider, kind: "native" | "wasm"): string {
  return provider === "cpu" && kind === "wasm" ? "wasm" : ORT_NAMES[provider];
}

/**
 * Reads a choice of provider.
 *
 * @throws {ConfigError} if it is none of them.
 */
export function checkProvider(value: string, where: string, subject: string): ProviderChoice {
  const choices: readonly string[] = [...PROVIDERS, "auto"];
  if (choices.includes(value)) return value as ProviderChoice; // just looked up
  const expected = `one of ${choices.join(", ")}`;
  throw new ConfigError({ where, subject, expected, got: `"${value}"` });
}

/** Kindred's names of what an ONNX Runtime was built with: of native builds as they list it, else the processor alone. */
export function builtProviders(ort: unknown): readonly Provider[] {
  const { listSupportedBackends } = ort as { listSupportedBackends?: () => readonly { name: string }[] };
  if (!listSupportedBackends) return ["cpu"];
  const names = new Set(listSupportedBackends().map(({ name }) => name));
  return PROVIDERS.filter((provider) => names.has(ORT_NAMES[provider]));
}

/**
 * The providers to try, in order.
 *
 * @param built what the runtime was built with.
 * @throws {ConfigError} if the one that is asked for is not among them: what is there, and where to get it.
 */
export function providersToTry(
  asked: ProviderChoice,
  built: readonly Provider[],
): readonly [Provider, ...Provider[]] {
  if (asked === "auto") {
    const [first = "cpu", ...rest] = [...AUTO.filter((provider) => built.includes(provider)), "cpu" as const];
    return [first, ...rest];
  }
  if (built.includes(asked)) return [asked];
  throw new ConfigError({
    where: "runtime",
    subject: "provider",
    expected: `one that this ONNX Runtime has (${built.join(", ")})`,
    got: asked,
    fix: `${REMEDIES[asked]}.`,
  });
}

/** The error for a provider that this ONNX Runtime has but that does not start on this machine. */
export function unstartable(
  provider: Provider,
  built: readonly Provider[],
  reason: string,
  cause: unknown,
): ConfigError {
  const others = built.filter((other) => other !== provider);
  const problem = `does not start here (${reason}); ${REMEDIES[provider]}`;
  const fix = `To go on: KINDRED_PROVIDER=cpu; this ONNX Runtime has ${others.join(", ")} beside it.`;
  return new ConfigError({ where: "runtime", subject: `provider ${provider}`, problem, fix }, { cause });
}
