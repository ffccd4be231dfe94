import { nodeRuntime } from "../src/runtime/node.js";
import type { BalancerSlug } from "../src/training/balancers/index.js";
import { openBalancedSteps } from "./balancer-steps.js";
import type { Bench, BenchPart } from "./bench.js";
import { smallWith } from "./heads-shapes.js";
import { inTurns } from "./in-turns.js";
import { type Steps, processorMs } from "./step-ours.js";
import { LIBMTL, StepPeer } from "./step-peer.js";

/**
 * What LibMTL calls our methods, where its released package has them and runs them: its CAGrad refuses all but three tasks, and its
 * GradNorm weighs equally in the first epoch, which is all that is measured.
 */
const NAMES: Readonly<Partial<Record<BalancerSlug, string>>> = {
  equal: "EW",
  gradvac: "GradVac",
  "imtl-g": "IMTL",
  mgda: "MGDA",
  pcgrad: "PCGrad",
};

/**
 * A measurement takes about so many milliseconds of processor time on either side, since the first steps after the other side has
 * had the processor's caches are slower; ours runs three times as long before, until JavaScript is compiled. A training has thousands
 * of steps.
 */
const MEASUREMENT = 1000;
/** Steps that tell how many are a measurement: a step of some methods with 139 tasks takes a second or two. */
const PROBE = { 8: 20, 139: 1 } as const;
const ROUNDS = 3;

/**
 * Processor time of a training step against LibMTL's own loop, method by method: the small model, its usual loader, one thread each.
 * The line is that of the method with the smallest ratio.
 */
export function libmtlBench(tasks: keyof typeof PROBE, methods: "equal" | "gradient"): Bench {
  return async (name) => {
    const runtime = await nodeRuntime({ workers: 1 });
    try {
      const shape = smallWith(tasks);
      const parts: BenchPart[] = [];
      let version = "";
      const chosen = Object.entries(NAMES).filter(([slug]) => (slug === "equal") === (methods === "equal"));
      for (const [slug, weighting] of chosen) {
        const peer = await StepPeer.start(shape, { ...LIBMTL, options: { rowByRow: true, weighting } });
        version = peer.version;
        const ours = await openBalancedSteps(runtime, shape, slug as BalancerSlug, processorMs); // a key of NAMES
        const warmUp = await lasting(ours.run, PROBE[tasks], 3 * MEASUREMENT);
        await warmUp();
        const sides = [
          await lasting(ours.run, PROBE[tasks], MEASUREMENT),
          await lasting((steps) => peer.measureProcessor(steps), PROBE[tasks], MEASUREMENT),
        ];
        const [we, they] = (await inTurns(sides, ROUNDS)) as [number, number];
        parts.push({ name: slug, ours: we, peer: they, ratio: they / we });
        peer.close();
        await ours.close();
      }
      const slowest = parts.reduce((worst, part) => (part.ratio < worst.ratio ? part : worst));
      const against = `processor time of ${slowest.name}, ${tasks} tasks, against LibMTL ${version}, one thread each`;
      return { ...slowest, name, unit: "ms/step", against, parts };
    } finally {
      await runtime.close();
    }
  };
}

/** A measurement of so many steps as take about `ms`. */
async function lasting(measure: Steps, probe: number, ms: number): Promise<() => Promise<number>> {
  const steps = Math.max(1, Math.round(ms / (await measure(probe))));
  return () => measure(steps);
}
