import { ConfigError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { nameNumber } from "./name-number.js";
import type { StudyOptions } from "./options.js";
import { contradictions, overlay, withDefaults } from "./schema-complete.js";
import { type PartialStudy, settingAt } from "./schema.js";
import { orList } from "./schema-values.js";

/** Settings that variants of a study may differ in: what follows after the table is read, split and encoded. */
export type VariedSettings = Pick<
  PartialStudy,
  "balance" | "balancing" | "sharing" | "sampling" | "budget" | "relations"
>;

/** One way to train a study, as it differs from the study. */
export interface Variant {
  readonly name: string;
  readonly settings: VariedSettings;
  /** How much each task matters, by name, for a method of balance that reads weights; the study's own when absent. */
  readonly weights?: Readonly<Record<string, number>>;
}

/** A flag of the command line that lists values of a setting to compare. */
export interface VariedFlag {
  readonly flag: string;
  readonly placeholder: string;
  readonly doc: string;
  /** The settings that one value of the list stands for. */
  read(value: string, where: string): VariedSettings;
}

/** Every flag whose values are compared, each with each of the others. */
export const VARIED_FLAGS: readonly VariedFlag[] = [
  {
    flag: "balance",
    placeholder: "methods",
    doc: "methods of balance to compare, the first as the one the others are tested against; options follow a colon: equal,pcgrad,cagrad:c=0.3",
    read: readBalance,
  },
  {
    flag: "sharing",
    placeholder: "methods",
    doc: "ways of sharing to compare, each with each method of balance; options follow a colon: hard,mmoe:experts=8",
    read: readSharing,
  },
];

function readBalance(value: string, where: string): VariedSettings {
  const { method, options } = readMethod(value, "balance", where);
  // the choices are those of the option's type
  return { balance: method as StudyOptions["balance"], balancing: { options } };
}

function readSharing(value: string, where: string): VariedSettings {
  const { method, options } = readMethod(value, "sharing.architecture", where);
  // the choices are those of the option's type
  return { sharing: { architecture: method as StudyOptions["sharing"]["architecture"], options } };
}

/** `METHOD` or `METHOD:NAME=NUMBER:NAME=NUMBER`. */
function readMethod(
  value: string,
  path: string,
  where: string,
): { readonly method: string; readonly options: Readonly<Record<string, number>> } {
  const [method = "", ...pairs] = value.split(":").map((part) => part.trim());
  const { value: allowed, flag } = settingAt(path)!; // both are settings
  const choices = allowed.type === "choice" ? allowed.choices : [];
  const subject = `--${flag}`;
  if (!choices.includes(method)) {
    const fix = didYouMean(method, choices);
    const parts = { where, subject, expected: orList(choices), got: `"${method}"` };
    throw new ConfigError({ ...parts, ...(fix && { fix }) });
  }
  const options = pairs.map((pair): readonly [string, number] => {
    const read = nameNumber(pair);
    if (read) return read;
    const expected = "METHOD:NAME=NUMBER, such as cagrad:c=0.3";
    throw new ConfigError({ where, subject, expected, got: `"${value}"` });
  });
  return { method, options: Object.fromEntries(options) };
}

/**
 * Variants from the lists of flags, every value with every value of the others; one variant, the study itself, where no flag
 * lists any.
 *
 * @throws {ConfigError} for a value that its flag cannot read.
 */
export function variantsFromFlags(
  lists: Readonly<Record<string, string | undefined>>,
  where: string,
): Variant[] {
  let variants: Variant[] = [];
  for (const { flag, read } of VARIED_FLAGS) {
    const values = (lists[flag] ?? "").split(",").map((value) => value.trim());
    const own = values
      .filter((value) => value !== "")
      .map((value): Variant => ({ name: value, settings: read(value, where) }));
    if (own.length === 0) continue;
    variants =
      variants.length === 0
        ? own
        : variants.flatMap((one) =>
            own.map(({ name, settings }) => ({
              name: `${one.name} ${name}`,
              settings: overlay(one.settings, settings),
            })),
          );
  }
  return variants;
}

/**
 * The whole study of a variant. Options of a method belong to that method: a variant that names another one starts without those
 * of the study.
 *
 * @throws {ConfigError} where the variant contradicts the study.
 */
export function studyOfVariant(study: StudyOptions, { name, settings, weights }: Variant): StudyOptions {
  const { balance = study.balance, sharing } = settings;
  const { architecture = study.sharing.architecture } = sharing ?? {};
  const base: StudyOptions = {
    ...study,
    ...(balance !== study.balance && { balancing: { ...study.balancing, options: {} } }),
    ...(architecture !== study.sharing.architecture && { sharing: { ...study.sharing, options: {} } }),
  };
  const merged = overlay(base, settings);
  const varied = withDefaults({ ...merged, data: study.data, tasks: weighted(study.tasks, weights) });
  const [first] = contradictions(varied);
  if (first) throw new ConfigError({ ...first.parts, where: `variant ${name}` });
  return varied;
}

const weighted = (tasks: StudyOptions["tasks"], weights: Variant["weights"]): StudyOptions["tasks"] =>
  weights === undefined
    ? tasks
    : Object.fromEntries(
        Object.entries(tasks).map(([name, own]) => [name, { ...own, weight: weights[name] ?? 1 }]),
      );

/**
 * Checks a list of variants.
 *
 * @throws {ConfigError} if there are fewer than two or two of one name.
 */
export function checkVariants(variants: readonly Variant[], where: string): void {
  const names = variants.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    const parts = { where, subject: `variant "${twice}"`, problem: "is there twice" };
    throw new ConfigError({ ...parts, fix: "Name every variant once." });
  }
  if (variants.length >= 2) return;
  throw new ConfigError({
    where,
    subject: "variants",
    expected: "at least two to compare",
    got: String(variants.length),
    fix: `List them: ${VARIED_FLAGS.map(({ flag }) => `--${flag} a,b`).join(", ")}.`,
  });
}
