import { classSizes } from "./classes.js";
import { drift } from "./drift.js";
import { duplicates } from "./duplicates.js";
import type { Finder, Finding, FindingContext, Severity } from "./finding.js";
import { givesAway } from "./gives-away.js";
import { missingTells } from "./missing-tells.js";
import { missingValues } from "./missing.js";
import { nearConstants } from "./near-constants.js";
import { outliers } from "./outliers.js";
import { sentinels } from "./sentinels.js";
import { targetDetermines } from "./target-determines.js";
import { unseenLevels } from "./unseen-levels.js";

export type { Finder, Finding, FindingContext, FindingTarget, Severity } from "./finding.js";
export { findingOfNote } from "./notes.js";
export { type Repeats, areCopies, repeatsOf } from "./repeats.js";
export { groupEqualRows } from "./row-groups.js";

/** Everything that is looked for, in the order in which it is told within a severity. */
export const FINDERS: Readonly<Record<string, Finder>> = {
  "gives-away": givesAway,
  duplicates,
  drift,
  sentinels,
  "small-classes": classSizes,
  outliers,
  "unseen-levels": unseenLevels,
  "target-determines": targetDetermines,
  "missing-tells": missingTells,
  missing: missingValues,
  "near-constants": nearConstants,
};

const RANK: Readonly<Record<Severity, number>> = { serious: 0, warning: 1, info: 2 };

/**
 * Looks for everything there is to find, the gravest first.
 *
 * Nothing is changed, and nothing that is fitted reads what is found. The same table, parts and seed give the same findings.
 */
export function findingsOf(context: FindingContext): Finding[] {
  return bySeverity(Object.values(FINDERS).flatMap((finder) => finder(context)));
}

/** Findings by severity, the gravest first, otherwise in their order. */
export const bySeverity = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
