import { describe, expect, it } from "vitest";
import { RuntimeFailure } from "../base/errors.js";
import { loadOrt, type OrtImporters } from "./load-ort.js";

const fake = (versions: Record<string, string>) => ({
  InferenceSession: {},
  env: { versions: { common: "1.0.0", ...versions }, wasm: { numThreads: 0 } },
});

const failing = (message: string, code?: string) => async (): Promise<never> => {
  throw Object.assign(new Error(message), code && { code });
};

const works: OrtImporters = {
  native: async () => fake({ node: "1.30.0" }),
  wasm: async () => fake({ web: "1.29.0" }),
};

const ABSENT = failing(
  "Cannot find package 'onnxruntime-node' imported from load-ort.js",
  "ERR_MODULE_NOT_FOUND",
);
const CLASH = failing(
  "libonnxruntime.so.1: version `VERS_1.30.0' not found (required by x.node)",
  "ERR_DLOPEN_FAILED",
);
const NO_BINARY = failing(
  "Cannot find module '../bin/napi-v6/sunos/x64/onnxruntime_binding.node'\nRequire stack:",
  "MODULE_NOT_FOUND",
);

describe("loading ONNX Runtime", () => {
  it("takes the native package if it loads", async () => {
    const { kind, version, reason } = await loadOrt("auto", works);
    expect({ kind, version, reason }).toEqual({
      kind: "native",
      version: "1.30.0",
      reason: "onnxruntime-node 1.30.0 found",
    });
  });

  it("takes WebAssembly on one thread when asked", async () => {
    const { kind, reason, ort } = await loadOrt("wasm", works);
    expect({ kind, reason }).toEqual({
      kind: "wasm",
      reason: "WebAssembly was asked for: onnxruntime-web 1.29.0",
    });
    expect(ort.env.wasm.numThreads).toBe(1);
  });

  it("takes the exports of a CommonJS module from its default export", async () => {
    const { ort } = await loadOrt("native", {
      ...works,
      native: async () => ({ default: fake({ node: "1.30.0" }) }),
    });
    expect(ort.env.versions.node).toBe("1.30.0");
  });

  it.each([
    [
      "an absent package",
      ABSENT,
      /^onnxruntime-node is not installed, so this runs on WebAssembly, about 3-7 times slower; to get the native runtime: ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node$/,
    ],
    [
      "a clash of two versions",
      CLASH,
      /^onnxruntime-node cannot be loaded \(libonnxruntime.*\), so this runs on WebAssembly.*two versions of it in one process clash/,
    ],
    [
      "a system without binary",
      NO_BINARY,
      /^onnxruntime-node has no binary for \w+ \w+, so this runs on WebAssembly/,
    ],
    [
      "any other failure",
      failing("bad ELF header"),
      /^onnxruntime-node cannot be loaded \(bad ELF header\), so this.*to install it afresh/,
    ],
  ])("falls back from %s and says why", async (_, native, reason) => {
    const loaded = await loadOrt("auto", { ...works, native });
    expect(loaded.kind).toBe("wasm");
    expect(loaded.reason).toMatch(reason);
    expect(loaded.reason).not.toContain("\n");
  });

  it("fails with the remedy when the forced native one is absent", async () => {
    const loading = loadOrt("native", { ...works, native: ABSENT });
    await expect(loading).rejects.toThrow(RuntimeFailure);
    await expect(loading).rejects.toThrow(
      "runtime: onnxruntime-node is not installed. To get the native runtime: ONNXRUNTIME_NODE_INSTALL=skip npm i",
    );
  });

  it("fails when neither loads", async () => {
    const loading = loadOrt("auto", { native: ABSENT, wasm: failing("no such file") });
    await expect(loading).rejects.toThrow("runtime: onnxruntime-web cannot be loaded (no such file).");
  });
});
