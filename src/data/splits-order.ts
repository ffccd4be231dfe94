import type { Random } from "../base/random.js";
import { strataOfColumn } from "./splits-strata.js";
import type { Column } from "./table.js";

/** Rows in an order from which evenly spread picks are a random sample, or one that keeps the shares of the strata. */
export function samplingOrder(rows: Int32Array, strata: Column | undefined, random: Random): Int32Array {
  const groups = strata ? strataOfColumn(strata, rows) : [rows];
  const order = new Int32Array(rows.length);
  let at = 0;
  for (const group of groups) {
    order.set(random.shuffle(Int32Array.from(group)), at);
    at += group.length;
  }
  return order;
}

/**
 * Deals an order out into parts of exact sizes, each spread evenly over it: any stretch of it is shared out to within two rows
 * where there are three parts.
 *
 * @param sizes whole numbers that sum to the length of the order.
 */
export function spread(order: Int32Array, sizes: readonly number[]): Int32Array[] {
  if (sizes.length === 1) return [order];
  const rows = order.length;
  const later = rows - sizes[0]!;
  const picked = (at: number): number => Math.floor((at * later + rows / 2) / rows);
  const isLater = (_: number, i: number): boolean => picked(i + 1) > picked(i);
  const first = order.filter((row, i) => !isLater(row, i));
  return [first, ...spread(order.filter(isLater), sizes.slice(1))];
}

/** Deals an order out into parts of equal size, one row after the other: any stretch is shared out to within one row. */
export function dealEqually(order: Int32Array, parts: number): Int32Array[] {
  return Array.from({ length: parts }, (_, part) => order.filter((_row, i) => i % parts === part));
}
