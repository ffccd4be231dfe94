import { nodeRuntime } from "../src/runtime/node.js";
import type { BalancerSlug } from "../src/training/balancers/index.js";
import { openBalancedSteps } from "./balancer-steps.js";
import type { Bench, BenchPart } from "./bench.js";
import { smallWith } from "./heads-shapes.js";
import { inTurns } from "./in-turns.js";
import { processorMs } from "./step-ours.js";
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
 * Steps of the peer in a measurement and measurements of a method: a step of some methods with 139 tasks takes seconds. Before them
 * so many steps of ours, until JavaScript is compiled: a training has thousands.
 */
const EFFORT = {
  8: { steps: 60, rounds: 5, warmUp: 2000 },
  139: { steps: 2, rounds: 3, warmUp: 100 },
} as const;

/**
 * Processor time of a training step against LibMTL's own loop, method by method: the small model, its usual loader, one thread each.
 * The line is that of the method with the smallest ratio.
 */
export function libmtlBench(tasks: keyof typeof EFFORT, methods: "equal" | "gradient"): Bench {
  return async (name) => {
    const runtime = await nodeRuntime({ workers: 1 });
    try {
      const shape = smallWith(tasks);
      const { steps, rounds, warmUp } = EFFORT[tasks];
      const parts: BenchPart[] = [];
      let version = "";
      const chosen = Object.entries(NAMES).filter(([slug]) => (slug === "equal") === (methods === "equal"));
      for (const [slug, weighting] of chosen) {
        const peer = await StepPeer.start(shape, { ...LIBMTL, options: { rowByRow: true, weighting } });
        version = peer.version;
        const ours = await openBalancedSteps(runtime, shape, slug as BalancerSlug, processorMs); // a key of NAMES
        await ours.run(warmUp);
        const sides = [() => ours.run(steps * 4), () => peer.measureProcessor(steps)];
        const [we, they] = (await inTurns(sides, rounds)) as [number, number];
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
