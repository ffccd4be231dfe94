import type { RawColumn } from "./raw-table.js";

const LEAST = 8; // coordinates from which a list is a vector rather than a few measurements, such as a place on a map
const PART = /^(.*)\[(\d+)\]$/;

/**
 * Columns of numbers that come from one list, `name[0]` to `name[n − 1]`, with n of at least 8: the coordinates of a vector.
 *
 * @returns the list's name and length by column name.
 */
export function embeddingNames(
  columns: readonly RawColumn[],
): Map<string, { readonly list: string; readonly length: number }> {
  const lists = new Map<string, Map<number, string>>();
  for (const { name, kind } of columns) {
    const match = kind === "number" ? PART.exec(name) : null;
    if (!match) continue;
    const parts = lists.get(match[1]!) ?? new Map<number, string>();
    lists.set(match[1]!, parts.set(Number(match[2]), name));
  }
  const found = new Map<string, { list: string; length: number }>();
  for (const [list, parts] of lists) {
    const length = parts.size;
    const whole = Array.from({ length }, (_, i) => parts.has(i)).every(Boolean);
    if (length >= LEAST && whole) for (const name of parts.values()) found.set(name, { list, length });
  }
  return found;
}

/** The name that the coordinates of one embedding share: without the number at its end, bare or in brackets. */
export const embeddingOf = (name: string): string => name.replace(/\[?\d+\]?$/, "");
