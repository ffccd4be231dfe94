import type { RegressionCoding } from "../task-kind.js";
import { LEAST_RESIDUALS } from "./smearing.js";
import type { TargetTransform } from "./target-transform.js";

/** The scale a target was learned on, in words. */
export function scaleWords(transform: TargetTransform): string {
  if (transform.kind === "yeo-johnson") return `Yeo-Johnson scale, power ${transform.lambda}`;
  return transform.shift === 0
    ? "log scale"
    : `log scale, shifted by ${Number(transform.shift.toPrecision(3))}`;
}

/** The scale a target was learned on and how its predictions are mapped back; undefined without a transform. */
export function transformWords({ transform, residuals }: RegressionCoding): string | undefined {
  if (!transform) return undefined;
  const back = residuals
    ? "mapped back by smearing"
    : `mapped back as they are, since fewer than ${LEAST_RESIDUALS} validation rows are labelled`;
  return `${scaleWords(transform)}, ${back}`;
}
