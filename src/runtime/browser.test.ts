import { describe, expect, it } from "vitest";
import { browserRuntime } from "./browser.js";
import { runtimeContract } from "./runtime.contract.js";

describe("the runtime of a page, on onnxruntime-web/wasm", () => {
  runtimeContract(() => browserRuntime());

  it("says what it is, and works in the page's thread", async () => {
    const runtime = await browserRuntime();
    expect(runtime).toMatchObject({ kind: "wasm", workers: 1 });
    expect(runtime.reason).toBe(`onnxruntime-web ${runtime.version} in this page`);
    await runtime.close();
  });

  it("takes a module the page has loaded, and the folder of the wasm file", async () => {
    const { InferenceSession, Tensor } = await import("onnxruntime-web/wasm");
    const wasm = { numThreads: 4, wasmPaths: "" };
    const env = { wasm, versions: { common: "9.9.9" } } as never;
    const runtime = await browserRuntime({ ort: { InferenceSession, Tensor, env }, wasmPaths: "/assets/" });
    expect(runtime.version).toBe("9.9.9");
    expect(wasm).toEqual({ numThreads: 1, wasmPaths: "/assets/" });
    await runtime.close();
  });
});
