import { browserRuntime } from "../../src/runtime/browser.js";
import { ourSteps } from "../step-ours.js";
import type { StepShape } from "../step-shape.js";

/** What the bench calls in the page. */
export interface StepPage {
  /** Builds the model; tells the version of ONNX Runtime. */
  start(shape: StepShape): Promise<string>;
  /** Runs so many steps; milliseconds per step. */
  measure(steps: number): Promise<number>;
}

let step: ((steps: number) => Promise<number>) | undefined;

const page: StepPage = {
  async start(shape) {
    const runtime = await browserRuntime();
    step = await ourSteps(runtime, shape);
    return runtime.version;
  },
  measure: (steps) => step!(steps),
};

Object.assign(globalThis, { stepPage: page });
