import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { nodeRuntime } from "../src/runtime/node.js";
import type { Runtime } from "../src/runtime/runtime.js";
import type { Bench } from "./bench.js";
import { openProducts } from "./heads-products.js";
import { inTurns } from "./in-turns.js";
import { type Scaling, type ScalingPoint, scalingChart } from "./scaling-chart.js";
import { type Steps, openSteps, processorMs } from "./step-ours.js";
import { StepPeer } from "./step-peer.js";
import type { StepShape } from "./step-shape.js";
import { SMALL } from "./step-small.js";

const IMAGES = fileURLToPath(new URL("../docs/images/", import.meta.url));
const ROUNDS = 5; // medians of five: one disturbed round in two does not move them
const BUDGET_MS = 120; // of one measurement, so that the whole takes some minutes
const TASKS = [1, 3, 10, 30, 100, 300, 1000];
const WIDTHS = [32, 64, 128, 256, 512, 1024];
const BATCHES = [16, 64, 256, 1024, 4096];

/**
 * How the time of a training step grows: the small model with 1 to 1000 tasks, with trunks 32 to 1024 wide and with batches of
 * 16 to 4096 rows; ours, PyTorch eager and the matrix products alone, one thread each, in processor time.
 *
 * Writes `docs/images/scaling.svg` and the numbers as `docs/images/scaling.json`; the result is the point with the least
 * advantage over PyTorch.
 */
export const scaling: Bench = async (name) => {
  const runtime = await nodeRuntime({ workers: 1 });
  try {
    const panels: [keyof Scaling["panels"], StepShape[]][] = [
      ["tasks", TASKS.map((tasks) => ({ ...SMALL, tasks }))],
      ["parameters", WIDTHS.map((width) => ({ ...SMALL, trunk: [width, width] }))],
      ["rows", BATCHES.map((batch) => ({ ...SMALL, batch }))],
    ];
    const found: [string, ScalingPoint[]][] = [];
    let pytorch = "";
    for (const [panel, shapes] of panels) {
      const points: ScalingPoint[] = [];
      for (const shape of shapes) {
        const { point, version } = await measured(runtime, shape);
        pytorch = version;
        points.push(point);
      }
      found.push([panel, points]);
    }
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}`;
    const against = `ONNX Runtime ${runtime.version} ${runtime.kind} against PyTorch ${pytorch} eager, one thread each, processor time`;
    const panelsByName = Object.fromEntries(found) as unknown as Scaling["panels"]; // one entry for each panel above
    const all: Scaling = { machine, against, unit: "ms/step", panels: panelsByName };
    await mkdir(IMAGES, { recursive: true });
    await writeFile(`${IMAGES}scaling.json`, `${JSON.stringify(all, undefined, 2)}\n`);
    await writeFile(`${IMAGES}scaling.svg`, scalingChart(all));
    const parts = found.flatMap(([panel, points]) =>
      points.map(({ ours, pytorch: peer, ...point }) => ({
        name: `${panel} ${point[panel as keyof typeof point]}`,
        ours,
        peer,
        ratio: peer / ours,
      })),
    );
    const worst = parts.toSorted((a, b) => a.ratio - b.ratio)[0]!;
    return { ...worst, name, unit: "ms/step", against, parts };
  } finally {
    await runtime.close();
  }
};

async function measured(
  runtime: Runtime,
  shape: StepShape,
): Promise<{ point: ScalingPoint; version: string }> {
  const peer = await StepPeer.start(shape);
  const step = await openSteps(runtime, shape, { clock: processorMs });
  const products = await openProducts(runtime, shape, processorMs);
  try {
    const sides = await Promise.all(
      [step.run, (steps: number) => peer.measureProcessor(steps), products.run].map(budgeted),
    );
    const [ours, pytorch, bare] = (await inTurns(sides, ROUNDS)) as [number, number, number];
    const { tasks, batch } = shape;
    const times = { ours: short(ours), pytorch: short(pytorch), products: short(bare) };
    const point = { tasks, parameters: step.parameters, rows: batch, ...times };
    return { point, version: peer.version };
  } finally {
    peer.close();
    await step.close();
    await products.close();
  }
}

/** Four digits: more would be noise. */
const short = (ms: number): number => Number(ms.toPrecision(4));

/** As many steps as fit the budget. */
async function budgeted(run: Steps): Promise<() => Promise<number>> {
  await run(2);
  const each = await run(3);
  const steps = Math.max(2, Math.min(1000, Math.round(BUDGET_MS / each)));
  return () => run(steps);
}
