import { browserRuntime } from "../../src/runtime/browser.js";
import { type Steps, openSteps } from "../step-ours.js";
import type { StepShape } from "../step-shape.js";

/** What the bench calls in the page. */
export interface StepPage {
  /** Builds the model; tells the version of ONNX Runtime. */
  start(shape: StepShape): Promise<string>;
  /** Runs so many steps; milliseconds per step. */
  measure: Steps;
}

let run: Steps | undefined;

const page: StepPage = {
  async start(shape) {
    const runtime = await browserRuntime();
    ({ run } = await openSteps(runtime, shape));
    return runtime.version;
  },
  measure: (steps) => run!(steps),
};

Object.assign(globalThis, { stepPage: page });
