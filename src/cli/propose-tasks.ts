import { DataError } from "../base/errors.js";
import type { ColumnProfile } from "../data/profile.js";
import type { TaskOptions } from "../study/options.js";
import type { PartialStudy } from "../study/schema.js";

const MOST_CLASSES = 20; // a proposal should be an easy one

/**
 * Proposes up to two targets: the last column of classes and the last column of amounts, since tables customarily end
 * with what is to be known.
 *
 * @throws {DataError} if no column could be a target.
 */
export function proposeTasks(
  table: { readonly source: string; readonly profiles: readonly ColumnProfile[] },
  { ignore = [], split = {} }: PartialStudy,
): Readonly<Record<string, TaskOptions>> {
  const free = table.profiles.filter(
    ({ name, distinct }) => distinct > 1 && !ignore.includes(name) && name !== split.column,
  );
  const classes = free.findLast((profile) => holdsClasses(profile) && profile.distinct <= MOST_CLASSES);
  const rest = free.filter((profile) => !holdsClasses(profile));
  const amounts =
    rest.findLast(({ type }) => type === "numeric") ?? rest.findLast(({ type }) => type === "ordinal");
  const names = free
    .map(({ name }) => name)
    .filter((name) => name === classes?.name || name === amounts?.name);
  if (names.length > 0) return Object.fromEntries(names.map((name) => [name, {}]));
  throw new DataError({
    where: table.source,
    subject: "the table",
    problem: "has no column that could be predicted",
    fix: "Name one with --tasks, or set a type with --type.",
  });
}

/** Why a column is among the proposed targets, in words that go on after the reason of its kind. */
export const whyProposed = (profile: Pick<ColumnProfile, "type" | "distinct">): string =>
  holdsClasses(profile) ? "proposed as the last column of classes" : "proposed as the last column of amounts";

/** Words, booleans, and whole numbers of which there are two, such as 0 and 1. */
const holdsClasses = ({ type, distinct }: Pick<ColumnProfile, "type" | "distinct">): boolean =>
  type === "boolean" || type === "category" || (type === "ordinal" && distinct === 2);
