import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ConfigError } from "../base/errors.js";
import { inspectRuntime } from "./inspect.js";
import { nodeRuntime, type NodeRuntimeOptions } from "./node.js";
import { busyFeeds, floats, runtimeContract, tinyModel } from "./runtime.contract.js";
import type { Runtime, Session } from "./runtime.js";
import { runInSlices } from "./slices.js";

const found = await inspectRuntime();

/** Opens a runtime whatever KINDRED_RUNTIME says around the tests. */
function start(options: NodeRuntimeOptions): Promise<Runtime> {
  vi.stubEnv("KINDRED_RUNTIME", "");
  return nodeRuntime(options);
}

afterEach(() => vi.unstubAllEnvs());

describe.skipIf(!found.native.available)("the native runtime in workers (needs onnxruntime-node)", () => {
  runtimeContract(() => start({ prefer: "native" }));
  sideBySide("native", 4000);

  it("says that the native package was found", async () => {
    const runtime = await start({});
    expect(runtime.kind).toBe("native");
    expect(runtime.reason).toBe(`onnxruntime-node ${runtime.version} found`);
    await runtime.close();
  });
});

describe("the WebAssembly runtime in workers", () => {
  runtimeContract(() => start({ prefer: "wasm" }));
  sideBySide("wasm", 400);

  it("is taken when KINDRED_RUNTIME says so, and says so itself", async () => {
    vi.stubEnv("KINDRED_RUNTIME", "wasm");
    const runtime = await nodeRuntime({ prefer: "native" });
    expect(runtime.kind).toBe("wasm");
    expect(runtime.reason).toContain("(KINDRED_RUNTIME=wasm)");
    await runtime.close();
  });
});

describe.skipIf(!found.native.available)(
  "the native runtime in the calling thread (needs onnxruntime-node)",
  () => {
    runtimeContract(() => start({ prefer: "native", inline: true }));
  },
);

describe("the WebAssembly runtime in the calling thread", () => {
  runtimeContract(() => start({ prefer: "wasm", inline: true }));

  it("has one worker, and two of them keep out of each other's way", async () => {
    const runtimes = await Promise.all([1, 2].map(() => start({ prefer: "wasm", inline: true })));
    const sessions = await Promise.all(runtimes.map((runtime) => runtime.open(tinyModel("busy"))));
    const results = await Promise.all(sessions.flatMap((s) => [s.run(busyFeeds(3)), s.run(busyFeeds(3))]));
    expect(runtimes.map(({ workers }) => workers)).toEqual([1, 1]);
    for (const result of results) expect(result).toEqual(results[0]);
    await Promise.all(runtimes.map((runtime) => runtime.close()));
  });
});

/** `trips`: rounds of the model `busy` that take roughly 200 ms or more. */
function sideBySide(prefer: "native" | "wasm", trips: number): void {
  it("leaves the event loop free during a long run", async () => {
    const runtime = await start({ prefer, workers: 1 });
    const session = await runtime.open(tinyModel("busy"));
    let ticks = 0;
    const ticking = setInterval(() => (ticks += 1), 5);
    await session.run(busyFeeds(trips));
    clearInterval(ticking);
    await runtime.close();
    expect(ticks).toBeGreaterThan(5);
  });

  it.each([
    { workers: 1, order: ["long", "short"] },
    { workers: 2, order: ["short", "long"] },
  ])("finishes two sessions in the order $order with $workers worker(s)", async ({ workers, order }) => {
    const runtime = await start({ prefer, workers });
    expect(runtime.workers).toBe(workers);
    const first = await runtime.open(tinyModel("busy"));
    const second = await runtime.open(tinyModel("busy"));
    await second.run(busyFeeds(1));
    const finished: string[] = [];
    await Promise.all([
      first.run(busyFeeds(trips)).then(() => finished.push("long")),
      second.run(busyFeeds(1)).then(() => finished.push("short")),
    ]);
    await runtime.close();
    expect(finished).toEqual(order);
  });

  it("tells the progress of two sessions as it is made, one between the other's", async () => {
    const runtime = await start({ prefer, workers: 2 });
    const told: string[] = [];
    const sessions = [await runtime.open(tinyModel("busy")), await runtime.open(tinyModel("busy"))];
    for (const session of sessions) await session.run(busyFeeds(1)); // both workers are awake
    const loop = async (session: Session, name: string): Promise<void> => {
      const run = (_: number, count: number) => session.run(busyFeeds(count * (trips / 40)));
      await runInSlices({ steps: 40, targetMs: 1, run, onSlice: () => void told.push(name) });
    };
    await Promise.all([loop(sessions[0]!, "a"), loop(sessions[1]!, "b")]);
    await runtime.close();
    const turns = told.filter((name, i) => name !== told[i - 1]);
    expect(turns.length).toBeGreaterThan(2);
  });

  it("lets the other session finish when one fails", async () => {
    const runtime = await start({ prefer, workers: 2 });
    const good = await runtime.open(tinyModel("busy"));
    const bad = await runtime.open(tinyModel("gather"));
    const outOfRange = { dtype: "int64", shape: [1], data: BigInt64Array.of(9n) } as const;
    const [failed, finished] = await Promise.allSettled([
      bad.run({ table: floats([1, 2]), index: outOfRange }),
      good.run(busyFeeds(trips / 4)),
    ]);
    expect([failed.status, finished.status]).toEqual(["rejected", "fulfilled"]);
    await bad.close();
    expect(Object.keys(await good.run(busyFeeds(1)))).toEqual(["out"]);
    await runtime.close();
  });

  it("gives a new session the worker whose session was closed", async () => {
    const runtime = await start({ prefer, workers: 2 });
    const first = await runtime.open(tinyModel("busy"));
    const second = await runtime.open(tinyModel("busy"));
    await second.close();
    const third = await runtime.open(tinyModel("busy"));
    await third.run(busyFeeds(1));
    const finished: string[] = [];
    await Promise.all([
      first.run(busyFeeds(trips)).then(() => finished.push("first")),
      third.run(busyFeeds(1)).then(() => finished.push("third")),
    ]);
    await runtime.close();
    expect(finished).toEqual(["third", "first"]);
  });

  it("rejects the calls still pending when it is closed", async () => {
    const runtime = await start({ prefer, workers: 1 });
    const session = await runtime.open(tinyModel("busy"));
    const run = session.run(busyFeeds(trips));
    await Promise.all([
      expect(run).rejects.toThrow("runtime: the runtime must be open, got a closed one."),
      runtime.close(),
    ]);
  });

  it("lets the process end by itself although nothing is closed", async () => {
    const script = `
      import { nodeRuntime } from ${JSON.stringify(new URL("../../dist/runtime/node.js", import.meta.url).href)};
      const runtime = await nodeRuntime({ prefer: "${prefer}" });
      const session = await runtime.open(Buffer.from("${Buffer.from(tinyModel("gather")).toString("base64")}", "base64"));
      const index = { dtype: "int64", shape: [1], data: BigInt64Array.of(1n) };
      const { row } = await session.run({ table: { dtype: "float32", shape: [2], data: Float32Array.of(1, 7) }, index });
      console.log(runtime.kind, row.data[0]);`;
    const env = { ...process.env, KINDRED_RUNTIME: "" };
    const args = ["--input-type=module", "--eval", script];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env, timeout: 30_000 });
    expect({ stdout, stderr }).toEqual({ stdout: `${prefer} 7\n`, stderr: "" });
  });
}

describe("the options of the runtime on Node", () => {
  it.each([0, -1, 1.5, Number.NaN])("refuse %s workers", async (workers) => {
    await expect(start({ workers })).rejects.toThrow(ConfigError);
  });

  it("refuse an unknown KINDRED_RUNTIME", async () => {
    vi.stubEnv("KINDRED_RUNTIME", "cuda");
    const message = 'environment: KINDRED_RUNTIME must be native or wasm, got "cuda".';
    await expect(nodeRuntime()).rejects.toThrow(
      new ConfigError({
        where: "environment",
        subject: "KINDRED_RUNTIME",
        expected: "native or wasm",
        got: '"cuda"',
      }),
    );
    await expect(inspectRuntime()).rejects.toThrow(message);
  });
});

describe("inspecting the runtimes", () => {
  it("finds WebAssembly everywhere, and the native one or why not", () => {
    expect(found.wasm).toEqual({
      available: true,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      providers: ["cpu"],
    });
    expect(found.native.providers?.[0]).toBe(found.native.available ? "cpu" : undefined);
    expect(found.simd).toBe(true);
    expect(found.native.version === undefined).toBe(found.native.problem !== undefined);
    expect(found.workers).toBe(Math.min(2, found.cores));
  });

  it("chooses what nodeRuntime takes, for the same reason", async () => {
    for (const forced of ["", "wasm"]) {
      vi.stubEnv("KINDRED_RUNTIME", forced);
      const runtime = await nodeRuntime();
      const { chosen, reason } = await inspectRuntime();
      expect({ chosen, reason }).toEqual({ chosen: runtime.kind, reason: runtime.reason });
      await runtime.close();
    }
  });
});
