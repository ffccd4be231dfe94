import type { DataRecord } from "../run/record.js";
import { formatCount } from "./numbers.js";

type SplitRecord = DataRecord["split"];
type Part = "train" | "validation" | "test";

/** The test rows that decided, in words: `the test rows`, or how many of them where a streamed table keeps a sample. */
export function testedRows({ test, inMemory }: SplitRecord): string {
  return inMemory === undefined || inMemory.test === test
    ? "the test rows"
    : `${formatCount(inMemory.test)} of the ${formatCount(test)} test rows`;
}

/** `2,000,000 test`, or how many of them were looked at. */
export function partRows(split: SplitRecord, part: Part): string {
  const used = part === "train" ? split.train : (split.inMemory?.[part] ?? split[part]);
  return used === split[part] ? formatCount(used) : `${formatCount(used)} of ${formatCount(split[part])}`;
}

/** What a streamed table was decided on, in a sentence; the empty string for a table in memory. */
export function streamedWords({ train, inMemory }: SplitRecord): string {
  if (inMemory === undefined) return "";
  const held = formatCount(rowsInMemory(inMemory));
  return `The table was streamed: all ${formatCount(train)} training rows were trained on. Encoders and target codings were fitted on ${formatCount(inMemory.train)} of them, early stopping heard ${formatCount(inMemory.validation)} validation rows, and every score, interval and verdict rests on ${formatCount(inMemory.test)} test rows, drawn by the seed. The columns below are described by these ${held} rows.`;
}

/** How many rows the columns of a record are described by. */
export const describedRows = ({ rows, split }: DataRecord): number =>
  split.inMemory === undefined ? rows : rowsInMemory(split.inMemory);

const rowsInMemory = ({ train, validation, test }: NonNullable<SplitRecord["inMemory"]>): number =>
  train + validation + test;
