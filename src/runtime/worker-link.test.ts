import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { RuntimeFailure } from "../base/errors.js";
import { busyFeeds, floats, tinyModel } from "./runtime.contract.js";
import { WorkerLink, workerUrl } from "./worker-link.js";
import { WorkerPool } from "./worker-pool.js";

let worker: Worker | undefined;
afterEach(() => worker?.terminate());

async function startWasm() {
  worker = new Worker(workerUrl(), { execArgv: [] });
  const link = new WorkerLink(worker);
  return { link, facts: await link.call("load", { choice: "wasm", provider: "cpu" }) };
}

describe("a worker that dies", () => {
  it("rejects all its pending calls, and later ones", async () => {
    const { link } = await startWasm();
    await link.call("open", { session: 1, model: tinyModel("busy"), options: {} });
    const calls = [1, 2].map(() => link.call("run", { session: 1, feeds: busyFeeds(400), options: {} }));
    const outcomes = Promise.allSettled(calls);
    await worker!.terminate();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(RuntimeFailure) });
    }
    expect(link.alive).toBe(false);
    await expect(link.call("held", { session: 1, names: [], options: {} })).rejects.toThrow(
      "runtime: the worker thread has ended with exit code 1. Open the session again; it gets a new worker.",
    );
  });

  it("is replaced when the next session is opened", async () => {
    const { link, facts } = await startWasm();
    const pool = new WorkerPool(1, link, facts);
    const lost = await pool.open(tinyModel("gather"));
    await worker!.terminate();
    const feeds = {
      table: floats([1, 2]),
      index: { dtype: "int64", shape: [1], data: BigInt64Array.of(1n) },
    } as const;
    await expect(lost.run(feeds)).rejects.toThrow("the worker thread has ended");
    await lost.close();
    const session = await pool.open(tinyModel("gather"));
    expect(await session.run(feeds)).toEqual({ row: floats([2]) });
    await pool.close();
  });

  it("tells the error that killed it", async () => {
    worker = new Worker(
      "require('node:worker_threads').parentPort.on('message', () => { throw new Error('out of luck') })",
      { eval: true },
    );
    const link = new WorkerLink(worker);
    await expect(link.call("load", { choice: "auto", provider: "cpu" })).rejects.toThrow(
      "the worker thread has failed: out of luck.",
    );
  });
});

describe("a call that cannot be copied", () => {
  it("is refused, and the worker goes on", async () => {
    const { link } = await startWasm();
    const bad = { f: { dtype: "float32", shape: [], data: (() => 0) as never } } as const;
    await expect(link.call("hold", { session: 1, values: bad })).rejects.toThrow(
      "the call hold cannot be sent to the worker",
    );
    expect(await link.call("load", { choice: "wasm", provider: "cpu" })).toMatchObject({ kind: "wasm" });
    await link.close();
  });
});
