import { Option } from "commander";
import type { Command } from "commander";
import { ConfigError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import type { MissingSpellings } from "../data/missing.js";
import { COLUMN_TYPES, SETTINGS, defaultAt } from "../study/schema.js";
import { COLUMN_SPLITS } from "../study/options.js";
import type { PartialStudy, Setting } from "../study/schema.js";
import { nameNumber } from "../study/name-number.js";
import { expectedWords, inRange, orList } from "../study/schema-values.js";
import { overlay } from "../study/schema-complete.js";
import { TRANSFORM_CHOICES } from "../tasks/transforms/choices.js";
import { tasksFromFlags } from "./task-flags.js";
import type { TaskFlags } from "./task-flags.js";

/** Flags as typed: text once, or every text of a flag that may be repeated. */
export type RawFlags = Readonly<Record<string, unknown>>;

const GROUPS: Readonly<Record<string, string>> = {
  encoding: "Data and tasks:",
  sharing: "What is shared:",
  relations: "What is shared:",
  balance: "What is shared:",
  balancing: "What is shared:",
  sampling: "What is shared:",
  split: "How rows are divided:",
  seed: "Training:",
  budget: "Training:",
};

const collect = (text: string, before: readonly string[] | undefined): string[] => [...(before ?? []), text];

/** Adds the flag of every setting of the table to a command, with its default in the help. */
export function addStudyFlags(command: Command, only?: (setting: Setting) => boolean): Command {
  for (const setting of SETTINGS) {
    if (setting.flag === undefined || (only && !only(setting))) continue;
    const option = new Option(
      `--${setting.flag} <${setting.placeholder}>`,
      setting.doc + (setting.form ? `: ${setting.form}` : "") + defaultWords(setting),
    );
    if (isRepeated(setting)) option.argParser(collect);
    command.addOption(option.helpGroup(GROUPS[setting.path.split(".")[0]!] ?? "Data and tasks:"));
    if (setting.path === "tasks") addTaskFlags(command);
  }
  return command;
}

/**
 * What the flags say, laid over a study file where there is one.
 *
 * @throws {ConfigError} for a value outside its setting's range or a text of the wrong form.
 */
export function studyFromFlags(raw: RawFlags, where: string, file: PartialStudy = {}): PartialStudy {
  const tasks = tasksFromFlags(raw as TaskFlags, where, file.tasks);
  let given: PartialStudy = tasks ? { tasks } : {};
  for (const setting of SETTINGS) {
    const text = setting.flag === undefined ? undefined : raw[camel(setting.flag)];
    if (text === undefined || setting.path === "tasks") continue;
    given = overlay(given, at(setting.path, valueOf(setting, text, where)));
    if (setting.path === "split.kind") given = overlay(given, splitOf(String(text), where));
  }
  return overlay(file, given);
}

function addTaskFlags(command: Command): void {
  const group = "Data and tasks:";
  const add = (flags: string, doc: string): void => {
    command.addOption(new Option(flags, doc).argParser(collect).helpGroup(group));
  };
  add("--task <name>", "one column to predict, by its exact name, whatever signs it has");
  add("--kind <name=kind>", "the kind of one task, for names that --tasks cannot hold");
  add(
    "--transform <name=transform>",
    `regression: what is done to one task's labels before they are standardised (${TRANSFORM_CHOICES.join(", ")}; default: auto)`,
  );
  add("--weight <name=number>", "balance fixed: what one task's loss is multiplied with (default: 1)");
  add(
    "--by <task=column>",
    "the column that tells which task a row belongs to: one task for each of its values; without task= for every target",
  );
  add("--reference <task=column>", "clustering: a column of known groups to compare with; never an input");
}

function valueOf(setting: Setting, text: unknown, where: string): unknown {
  const { value } = setting;
  const subject = `--${setting.flag}`;
  switch (value.type) {
    case "number": {
      const number = text === "auto" ? "auto" : String(text).trim() === "" ? Number.NaN : Number(text);
      if (!inRange(value, number))
        throw new ConfigError({ where, subject, expected: expectedWords(value), got: `"${String(text)}"` });
      return number;
    }
    case "choice": {
      const word = setting.path === "split.kind" ? String(text).split(":")[0]! : String(text);
      if (value.choices.includes(word)) return word;
      const fix = didYouMean(word, value.choices);
      throw new ConfigError({
        where,
        subject,
        expected: expectedWords(value),
        got: `"${word}"`,
        ...(fix && { fix }),
      });
    }
    case "widths":
      return widthsOf(String(text), subject, where);
    case "texts":
      return setting.path === "relations" ? (text as readonly string[]) : lists(text as readonly string[]);
    case "missing":
      return missingOf(text as readonly string[]);
    case "numbers":
      return Object.fromEntries(
        (text as readonly string[]).map((pair) => {
          const read = nameNumber(pair);
          if (read) return read;
          const expected = "NAME=NUMBER, such as c=0.4";
          throw new ConfigError({ where, subject, expected, got: `"${pair}"` });
        }),
      );
    case "types":
      return Object.fromEntries((text as readonly string[]).map((pair) => typeOf(pair, where)));
    case "text":
    case "data":
    case "tasks":
      return text;
    default:
      return value satisfies never;
  }
}

function splitOf(text: string, where: string): PartialStudy {
  const at = text.indexOf(":");
  if (at < 0) return {};
  const [kind, column] = [text.slice(0, at), text.slice(at + 1)];
  const read = COLUMN_SPLITS.find((one) => one === kind);
  if (read !== undefined && column !== "") return { split: { kind: read, column } };
  throw new ConfigError({
    where,
    subject: "--split",
    expected: orList(["random", "stratified", ...COLUMN_SPLITS.map((one) => `${one}:NAME`)]),
    got: `"${text}"`,
  });
}

function widthsOf(text: string, subject: string, where: string): number[] {
  const widths = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const one = { type: "number", whole: true, min: 1, max: 65536 } as const;
  if (widths.every((width) => inRange(one, width))) return widths;
  throw new ConfigError({
    where,
    subject,
    expected: "widths such as 128,128, each at least 1",
    got: `"${text}"`,
  });
}

function typeOf(pair: string, where: string): readonly [string, string | readonly string[]] {
  const below = pair.indexOf("<");
  const cut = below < 0 ? pair.lastIndexOf("=") : pair.lastIndexOf("=", below);
  const [column, type] = [pair.slice(0, cut), pair.slice(cut + 1)];
  if (cut < 1) throw new ConfigError({ where, subject: "--type", expected: "COLUMN=TYPE", got: `"${pair}"` });
  if (below >= 0) return [column, type.split("<").map((word) => word.trim())];
  if ((COLUMN_TYPES as readonly string[]).includes(type)) return [column, type];
  const fix = didYouMean(type, COLUMN_TYPES);
  throw new ConfigError({
    where,
    subject: `the type of column "${column}"`,
    expected: `${orList(COLUMN_TYPES)}, or its words from the lowest to the highest, such as low<medium<high`,
    got: `"${type}"`,
    ...(fix && { fix }),
  });
}

const lists = (texts: readonly string[]): string[] =>
  texts
    .flatMap((text) => text.split(","))
    .map((text) => text.trim())
    .filter((text) => text !== "");

/** `NA,?` for all columns; `COLUMN=-1|999` for one. */
function missingOf(texts: readonly string[]): MissingSpellings {
  const plain = lists(texts.filter((text) => text.indexOf("=") < 1));
  const own = texts
    .filter((text) => text.indexOf("=") > 0)
    .map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1).split("|")] as const);
  if (own.length === 0) return plain;
  return { ...(plain.length > 0 && { "*": plain }), ...Object.fromEntries(own) };
}

const isRepeated = ({ value }: Setting): boolean =>
  value.type === "numbers" ||
  value.type === "texts" ||
  value.type === "missing" ||
  value.type === "types" ||
  value.type === "tasks";

const camel = (flag: string): string =>
  flag.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

function at(path: string, value: unknown): PartialStudy {
  const [head, tail] = path.split(".") as [string, string?];
  // The path comes from the table of settings, whose places are those of the study options.
  return { [head]: tail === undefined ? value : { [tail]: value } } as PartialStudy;
}

function defaultWords({ path, value }: Setting): string {
  const preset = defaultAt(path);
  const choices = value.type === "choice" ? [value.choices.join(", ")] : [];
  const shown = ["string", "number"].includes(typeof preset) || (Array.isArray(preset) && preset.length > 0);
  const words = [...choices, ...(shown ? [`default: ${String(preset)}`] : [])].join("; ");
  return words && ` (${words})`;
}
