import { sub } from "../../graph/index.js";
import type { Transform } from "../transform.js";

/** From the update to the parameters after the step: θ − u. What stands behind it in a chain sees the new parameters. */
export const takeStep: Transform = {
  state: [],
  elementwise: true,
  apply: ({ update, parameters }) => ({ update: sub(parameters, update) }),
};
