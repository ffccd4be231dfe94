import { afterEach, describe, expect, it, vi } from "vitest";
import { ConfigError } from "../base/errors.js";
import { inspectRuntime } from "./inspect.js";
import { nodeRuntime } from "./node.js";
import { ortHost } from "./ort-session.js";
import type { OrtModule } from "./ort-values.js";
import { type Provider, builtProviders, checkProvider, ortProvider, providersToTry } from "./providers.js";
import { browserRuntime } from "./browser.js";
import { tinyModel } from "./runtime.contract.js";

const listing = (...names: string[]) => ({ listSupportedBackends: () => names.map((name) => ({ name })) });

/** A module whose sessions start only on some providers, and which remembers what was tried. */
function moduleStartingOn(...working: string[]): { ort: OrtModule; tried: string[] } {
  const tried: string[] = [];
  const session = { inputNames: [], outputNames: [], inputMetadata: [], release: async () => {} };
  const create = async (_: Uint8Array, { executionProviders }: { executionProviders: string[] }) => {
    tried.push(executionProviders[0]!);
    if (working.includes(executionProviders[0]!)) return session;
    throw new Error(`/src/core/${executionProviders[0]}.cc:12 Start() found was false. No such device\n`);
  };
  return { ort: { InferenceSession: { create }, Tensor: {}, env: {} } as unknown as OrtModule, tried };
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

describe("what an ONNX Runtime was built with", () => {
  it("is what it lists, by Kindred's names and in its order", () => {
    expect(builtProviders(listing("webgpu", "dml", "cpu", "tensorrt"))).toEqual([
      "cpu",
      "directml",
      "webgpu",
    ]);
  });

  it("is the processor where it lists nothing", () => {
    expect(builtProviders({})).toEqual(["cpu"]);
  });
});

describe("the providers to try", () => {
  it("are the one that is asked for", () => {
    expect(providersToTry("cuda", ["cpu", "cuda"])).toEqual(["cuda"]);
  });

  it("are with auto the accelerators that are there, then the processor", () => {
    expect(providersToTry("auto", ["cpu", "webgpu", "cuda"])).toEqual(["cuda", "webgpu", "cpu"]);
    expect(providersToTry("auto", ["cpu"])).toEqual(["cpu"]);
  });

  it.each([
    ["cuda", "CUDA needs Linux x64"],
    ["coreml", "CoreML is in onnxruntime-node for macOS."],
    ["directml", "DirectML is in onnxruntime-node for Windows."],
    ["webgpu", "WebGPU needs a graphics driver"],
  ] satisfies [Provider, string][])(
    "refuse %s where it is absent, and say where it is to be had",
    (provider, remedy) => {
      const asking = () => providersToTry(provider, ["cpu"]);
      expect(asking).toThrow(ConfigError);
      expect(asking).toThrow(
        `runtime: provider must be one that this ONNX Runtime has (cpu), got ${provider}. ${remedy}`,
      );
    },
  );

  it("have ONNX Runtime's names", () => {
    expect(ortProvider("cpu", "native")).toBe("cpu");
    expect(ortProvider("cpu", "wasm")).toBe("wasm");
    expect(ortProvider("directml", "native")).toBe("dml");
  });

  it("refuse other names", () => {
    expect(() => checkProvider("gpu", "runtime", "provider")).toThrow(
      'runtime: provider must be one of cpu, cuda, coreml, directml, webgpu, auto, got "gpu".',
    );
  });
});

describe("opening a session", () => {
  it("with auto goes on to the next provider when one does not start", async () => {
    const { ort, tried } = moduleStartingOn("webgpu", "cpu");
    await ortHost(ort, "native", "auto", ["cpu", "cuda", "webgpu"]).open(Uint8Array.of());
    expect(tried).toEqual(["cuda", "webgpu"]);
  });

  it("on a provider that does not start says so, and what else there is", async () => {
    const { ort, tried } = moduleStartingOn("cpu");
    const opening = ortHost(ort, "native", "cuda", ["cpu", "cuda"]).open(Uint8Array.of());
    await expect(opening).rejects.toThrow(ConfigError);
    await expect(opening).rejects.toThrow(
      /^runtime: provider cuda does not start here \(No such device\); CUDA needs .* KINDRED_PROVIDER=cpu; this ONNX Runtime has cpu beside it\.$/,
    );
    expect(tried).toEqual(["cuda", "cpu"]);
  });

  it("of a model that is at fault says that of the model", async () => {
    const { ort } = moduleStartingOn();
    const opening = ortHost(ort, "native", "cuda", ["cpu", "cuda"]).open(Uint8Array.of());
    await expect(opening).rejects.toThrow(/^session: model failed/);
  });

  it("may ask for a provider of its own", async () => {
    const { ort, tried } = moduleStartingOn("cpu", "dml");
    const host = ortHost(ort, "native", "cpu", ["cpu", "directml"]);
    await host.open(Uint8Array.of(), { provider: "directml" });
    expect(tried).toEqual(["dml"]);
  });
});

describe("the provider of the runtime on Node", () => {
  const absent = async (): Promise<Provider> => {
    const { native } = await inspectRuntime();
    return native.providers?.includes("coreml") === true ? "directml" : "coreml";
  };

  it.each([true, false])("is refused at once where it is absent (inline: %s)", async (inline) => {
    const provider = await absent();
    const starting = nodeRuntime({ inline, provider });
    await expect(starting).rejects.toThrow(ConfigError);
    await expect(starting).rejects.toThrow(`got ${provider}.`);
  });

  it("is what KINDRED_PROVIDER says, whatever the program asks for", async () => {
    vi.stubEnv("KINDRED_PROVIDER", "cpu");
    const runtime = await nodeRuntime({ inline: true, provider: await absent() });
    expect(runtime.reason).toContain("KINDRED_PROVIDER=cpu");
    await (await runtime.open(tinyModel("step"))).close();
    await runtime.close();
  });

  it("is refused when KINDRED_PROVIDER is no provider", async () => {
    vi.stubEnv("KINDRED_PROVIDER", "tpu");
    await expect(nodeRuntime()).rejects.toThrow("environment: KINDRED_PROVIDER must be one of cpu, cuda,");
  });
});

describe("the provider of the runtime in a page", () => {
  const stubAdapter = (adapter: object | null): void =>
    void vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => adapter } });
  const env = () => ({ wasm: {}, versions: { common: "9.9.9" } });

  it("is WebAssembly unless another is asked for", async () => {
    stubAdapter({});
    const { ort, tried } = moduleStartingOn("wasm");
    const runtime = await browserRuntime({ ort: { ...ort, env: env() as never } });
    await runtime.open(Uint8Array.of());
    expect(tried).toEqual(["wasm"]);
    expect(runtime.reason).toBe("onnxruntime-web 9.9.9 in this page");
  });

  it.each([
    ["webgpu", {}, "webgpu"],
    ["auto", {}, "webgpu"],
    ["auto", { info: { isFallbackAdapter: true } }, "wasm"],
    ["auto", null, "wasm"],
  ] as const)("asked for as %s with the adapter %j is %s", async (provider, adapter, expected) => {
    stubAdapter(adapter);
    const { ort, tried } = moduleStartingOn("wasm", "webgpu");
    const runtime = await browserRuntime({ provider, ort: { ...ort, env: env() as never } });
    await runtime.open(Uint8Array.of());
    expect(tried).toEqual([expected]);
  });

  it("needs for WebGPU a module that the page gives, and is WebAssembly with auto without one", async () => {
    stubAdapter({});
    await expect(browserRuntime({ provider: "webgpu" })).rejects.toThrow(
      'runtime: ort must be given for WebGPU, got none. Pass ort: await import("onnxruntime-web/webgpu").',
    );
    const runtime = await browserRuntime({ provider: "auto" });
    expect(runtime.reason).not.toContain("WebGPU");
    await runtime.close();
  });

  it("is refused where the page has no adapter", async () => {
    stubAdapter(null);
    await expect(browserRuntime({ provider: "webgpu" })).rejects.toThrow(
      "runtime: provider must be one that this ONNX Runtime has (cpu), got webgpu. WebGPU needs",
    );
  });
});
