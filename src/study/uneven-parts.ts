import type { PartBalance, Split } from "../data/index.js";

const MOST_NAMED = 3; // classes named one by one in a warning

/**
 * Warnings about a target whose labels, or one of whose classes, are missing from the validation or the test rows.
 *
 * @param classes names of the target's classes in the order of the balance's shares; empty for a number.
 */
export function unevenParts(
  target: string,
  balance: Readonly<Record<keyof Split, PartBalance>>,
  classes: readonly string[],
): string[] {
  return (["validation", "test"] as const).flatMap((part) => {
    const { rows, labelled, shares = [] } = balance[part];
    if (rows === 0) return [];
    if (labelled === 0) {
      return [`Target "${target}" has no label in the ${part} rows, so its ${part} scores are missing.`];
    }
    const absent = classes.filter((_, i) => shares[i] === 0).map((name) => `"${name}"`);
    if (absent.length === 0) return [];
    const more = absent.length > MOST_NAMED ? ` and ${absent.length - MOST_NAMED} more` : "";
    const named = absent.slice(0, MOST_NAMED).join(", ") + more;
    return [
      `Target "${target}": no ${part} row is of class ${named}, so its ${part} scores leave ${absent.length === 1 ? "it" : "them"} out.`,
    ];
  });
}

/** Warnings about a target of many tasks, some of which have no label in the validation or the test rows. */
export function unlabelledParts(
  target: string,
  balances: readonly Readonly<Record<keyof Split, PartBalance>>[],
): string[] {
  return (["validation", "test"] as const).flatMap((part) => {
    const without = balances.filter((balance) => balance[part].labelled === 0).length;
    if (without === 0) return [];
    const have = without === 1 ? "has" : "have";
    return [
      `${without} of the ${balances.length} tasks of "${target}" ${have} no label in the ${part} rows, so ${without === 1 ? "its" : "their"} ${part} scores are missing.`,
    ];
  });
}
