import { describe, expect, it } from "vitest";
import { RuntimeFailure } from "../base/errors.js";
import type { Tensor, TensorValue } from "../graph/tensor.js";
import * as g from "../graph/index.js";
import { inspectRuntime } from "./inspect.js";
import { nodeRuntime } from "./node.js";
import { runFailure } from "./run-failure.js";
import { floats } from "./runtime.contract.js";

const { native } = await inspectRuntime();

const table = g.input("table", "float32", ["n"]);
const index = g.input("index", "int32", ["k"]);
const lookup = g.layer("trunk.0", () => g.gather(table, index, 0));
const looped = g.loop({
  trips: g.scalar(2, "int64"),
  carried: [g.scalar(0, "float32")],
  body: (_, [sum]) => ({
    carried: [g.layer("heads.price", () => g.add(sum!, g.reduceMean(g.gather(table, index, 0), [0])))],
  }),
}).carried[0]!;
const left = g.input("left", "float32", ["n"]);
const right = g.input("right", "float32", ["n"]);
const product = g.layer("trunk.1", () => g.matmul(g.reshape(left, [1, "n"]), g.reshape(right, ["n", 1])));

const OUT_OF_RANGE: Readonly<Record<string, TensorValue>> = {
  table: floats([1, 2]),
  index: { dtype: "int32", shape: [1], data: Int32Array.of(5) },
};
const UNEQUAL = { left: floats([1, 2, 3]), right: floats([1, 2]) };

async function failureOf(
  prefer: "native" | "wasm",
  inline: boolean,
  y: Tensor,
  feeds: Readonly<Record<string, TensorValue>>,
): Promise<unknown> {
  const runtime = await nodeRuntime({ prefer, inline });
  try {
    const session = await runtime.open(g.toOnnx({ name: "fails", outputs: { y } }));
    return await session.run(feeds).catch((error: unknown) => error);
  } finally {
    await runtime.close();
  }
}

describe.each([
  ["native", true],
  ["native", false],
  ["wasm", true],
  ["wasm", false],
] as const)("a run that fails on the %s runtime (inline: %s)", (prefer, inline) => {
  describe.skipIf(prefer === "native" && !native.available)("(native needs onnxruntime-node)", () => {
    it("names the layer and the operation, with ONNX Runtime's reason", async () => {
      const failure = await failureOf(prefer, inline, lookup, OUT_OF_RANGE);
      expect(failure).toBeInstanceOf(RuntimeFailure);
      expect((failure as RuntimeFailure).parts.where).toBe("layer trunk.0");
      expect((failure as RuntimeFailure).message).toMatch(
        /^layer trunk\.0: Gather failed: indices element out of data bounds, idx=5 must be within .* \(node "kindred\/trunk\.0\/Gather\.\d+"\)\.$/,
      );
    });

    it("names the layer inside a loop", async () => {
      const failure = await failureOf(prefer, inline, looped, OUT_OF_RANGE);
      expect((failure as RuntimeFailure).message).toMatch(/^layer heads\.price: Gather failed: indices/);
    });

    it("tells of sizes that do not fit, without the place in ONNX Runtime's sources", async () => {
      const failure = await failureOf(prefer, inline, product, UNEQUAL);
      expect((failure as RuntimeFailure).message).toMatch(
        /^layer trunk\.1: MatMul failed: Compute MatMul dimension mismatch \(node/,
      );
    });
  });
});

describe("what ONNX Runtime says of a run", () => {
  const of = (text: string): string => runFailure(new Error(text)).message;
  const failed = (op: string, name: string): string =>
    `Non-zero status code returned while running ${op} node. Name:'${name}' Status Message: `;

  it("is kept where the node is in no layer", () => {
    expect(of(`${failed("Add", "kindred/Add.3")}no room.`)).toBe(
      `session: run failed: ${failed("Add", "kindred/Add.3")}no room.`,
    );
  });

  it("is understood of fused nodes, and with a prefix that was made longer", () => {
    expect(of(`${failed("FusedMatMul", "kindred/_/_/trunk.2/MatMul.7/fused")}no room`)).toBe(
      'layer trunk.2: MatMul failed: no room (node "kindred/_/_/trunk.2/MatMul.7/fused").',
    );
  });

  it("loses the check in ONNX Runtime's sources that noticed it", () => {
    const check =
      "/src/element_wise_ops.h:563 void onnxruntime::Init(long, long) axis == 1 || axis == n was false. ";
    expect(of(`${failed("Add", "kindred/out/Add.1")}${check}3 by 4\n`)).toBe(
      'layer out: Add failed: 3 by 4 (node "kindred/out/Add.1").',
    );
    expect(of(`failed to call OrtRun(). ERROR_CODE: 1, ERROR_MESSAGE: ${check}3 by 4\n`)).toBe(
      "session: run failed: 3 by 4.",
    );
  });
});
