import { writeFileSync } from "node:fs";
import { ARCHITECTURES, type SharingSlug } from "../src/model/sharing/index.js";
import { nodeRuntime } from "../src/runtime/node.js";
import { BALANCERS, type BalancerSlug } from "../src/training/balancers/index.js";
import { openBalancedSteps } from "./balancer-steps.js";
import type { Bench, BenchPart } from "./bench.js";
import { inTurns } from "./in-turns.js";
import { processorMs } from "./step-ours.js";
import { SMALL } from "./step-small.js";

const ROUNDS = 5;
const STEPS = 100;
const FILE = new URL("method-costs.json", import.meta.url);

/**
 * Processor time of a training step with every method of balancing (hard sharing) and every way of sharing (equal weights), one
 * thread, in turns; for ways of sharing that go along links the tasks are steps one after another. Written to a file from which
 * the pages of methods are made.
 */
export const methodCosts: Bench = async (name) => {
  const runtime = await nodeRuntime({ workers: 1 });
  const architectures = Object.keys(ARCHITECTURES) as SharingSlug[];
  const names = [
    ...architectures.map((slug) => `sharing ${slug}`),
    ...Object.keys(BALANCERS).map((slug) => `balance ${slug}`),
  ];
  const steps = await Promise.all([
    ...architectures.map((architecture) =>
      openBalancedSteps(runtime, SMALL, "equal", processorMs, { architecture }),
    ),
    ...(Object.keys(BALANCERS) as BalancerSlug[]).map((slug) =>
      openBalancedSteps(runtime, SMALL, slug, processorMs),
    ),
  ]);
  const times = await inTurns(
    steps.map(
      ({ run }) =>
        () =>
          run(STEPS),
    ),
    ROUNDS,
  );
  for (const { close } of steps) await close();
  await runtime.close();
  const milliseconds = Object.fromEntries(names.map((one, i) => [one, Number(times[i]!.toPrecision(3))]));
  const shape = `${SMALL.inputs} inputs, trunk ${SMALL.trunk.join("-")}, ${SMALL.tasks} tasks, batch ${SMALL.batch}, one thread`;
  writeFileSync(FILE, `${JSON.stringify({ shape, milliseconds }, undefined, 2)}\n`);
  const plain = milliseconds["sharing hard"]!;
  const parts = names.map((one): BenchPart => {
    const ours = milliseconds[one]!;
    return { name: one, ours, peer: plain, ratio: plain / ours };
  });
  return {
    name,
    ours: plain,
    peer: plain,
    ratio: 1,
    unit: "ms",
    against: "equal weights with hard sharing",
    parts,
    notes: [
      "Written to bench/method-costs.json; scripts/make-method-pages.ts takes the figures into the pages.",
    ],
  };
};
