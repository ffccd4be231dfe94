import { didYouMean } from "../base/nearest.js";
import { flowYaml } from "./flow-yaml.js";
import { SETTINGS, TASK_KINDS, TASK_SETTINGS, defaultAt } from "./schema.js";
import type { Setting, SettingValue } from "./schema.js";

/** A value a setting could have, where its default says too little. */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  data: "table.csv",
  tasks: ["price", "sold"],
  ignore: ["column"],
  types: { column: "category" },
  missing: ["NA", "?"],
  "balancing.options": { c: 0.4 },
  delimiter: ";",
  charset: "windows-1252",
  "sharing.options": { experts: 4 },
  relations: ["parent:child"],
  clusters: 3,
  weight: 2,
  reference: "column",
  kind: "regression",
};

/** A value a setting could have, for people to copy: its default where there is one that says something. */
export function exampleOf({ path, value }: Setting): unknown {
  if (path in EXAMPLES) return EXAMPLES[path];
  const preset = defaultAt(path);
  if (preset !== undefined) return preset;
  if (value.type === "choice") return value.choices[0];
  return value.type === "number" ? (value.min ?? value.max ?? 1) : "column";
}

/**
 * How to mend a value that its setting cannot have.
 *
 * @param setting of the value, or of the list or map in which it is an item.
 * @param item true for an item of a list or map.
 */
export function valueFix(setting: Setting, got: unknown, item: boolean): string {
  return misspelt(setting, got) ?? misformed(setting, got, item) ?? example(setting, got, item);
}

/** How to mend a group of settings or a task that is not a map. */
export function mapFix(path: readonly string[], got: unknown): string {
  const key = path.at(-1)!;
  if (got === null || got === undefined) return "Give it settings, or take the line away.";
  const inner =
    path[0] === "tasks" ? TASK_SETTINGS : SETTINGS.filter((one) => one.path.startsWith(`${key}.`));
  const meant = inner.find(
    ({ value }) => value.type === "choice" && typeof got === "string" && value.choices.includes(got),
  );
  const shown = meant ?? inner[0]!;
  const value = meant ? got : exampleOf(shown);
  return `Write ${flowYaml(key)}: ${flowYaml({ [shown.path.split(".").at(-1)!]: value })}.`;
}

/**
 * How to mend a key that is not known where it stands.
 *
 * @param got the value that was given to it.
 */
export function keyFix(key: string, path: readonly string[], known: readonly string[], got: unknown): string {
  const belongs = path[0] === "tasks" ? undefined : placeOf(key, path[0], got);
  return belongs ?? didYouMean(key, known) ?? `The keys here are ${known.join(", ")}.`;
}

/** The right place of a key that is written at a wrong one, or as its flag. */
function placeOf(key: string, here: string | undefined, got: unknown): string | undefined {
  const bare = key.replace(/^--/, "");
  const setting =
    SETTINGS.find(({ path }) => path.split(".")[1] === bare) ?? SETTINGS.find(({ flag }) => flag === bare);
  const [group, inner] = setting?.path.split(".") ?? [];
  if (setting === undefined || group === here) return undefined;
  const plain = ["string", "number"].includes(typeof got);
  const value = flowYaml(plain && inner !== undefined ? got : exampleOf(setting));
  if (inner === undefined) return `This setting is called ${group}: write ${group}: ${value}.`;
  return `This belongs under ${group}: write ${group}: { ${inner}: ${value} }.`;
}

function misspelt({ value }: Setting, got: unknown): string | undefined {
  const choices = value.type === "choice" || value.type === "types" ? value.choices : [];
  return typeof got === "string" ? didYouMean(got, choices) : undefined;
}

function misformed({ path, value }: Setting, got: unknown, item: boolean): string | undefined {
  if (path === "tasks" && item) return taskFix(got);
  if (got === null) return undefined;
  const textual = ["text", "texts", "missing", "tasks"].includes(value.type);
  const takesText = (textual && (item || value.type === "text")) || value.type === "data";
  if (takesText && ["number", "boolean"].includes(typeof got)) return `Put it in quotes: "${String(got)}".`;
  if (takesText && typeof got === "object") return oneText(got);
  const isNumber = typeof got === "string" && got.trim() !== "" && Number.isFinite(Number(got));
  const takesNumber = value.type === "number" || (value.type === "widths" && item);
  if (takesNumber && isNumber) return `Take the quotes away: ${got}.`;
  if (item) return undefined;
  const takesList = ["texts", "missing", "tasks", "widths"].includes(value.type);
  return takesList && typeof got !== "object" ? `Write it as a list: ${asList(got, value.type)}.` : undefined;
}

/** A map where a text was meant comes from a colon and a space, a list from brackets. */
function oneText(got: object | null): string | undefined {
  const pairs = Object.entries(got ?? {});
  const [pair] = pairs;
  if (pair === undefined || pairs.length > 1) return undefined;
  const text = Array.isArray(got) ? String(pair[1]) : `${pair[0]}:${pair[1] === null ? "" : String(pair[1])}`;
  return `Write one text: ${flowYaml(text)}.`;
}

function asList(got: unknown, type: SettingValue["type"]): string {
  const words = typeof got === "string" ? got.split(",").map((word) => word.trim()) : [String(got)];
  return type === "widths" ? `[${words.join(", ")}]` : flowYaml(words);
}

function taskFix(got: unknown): string | undefined {
  const kinds: readonly string[] = TASK_KINDS;
  if (typeof got === "number" || typeof got === "boolean") return `Put it in quotes: "${got}".`;
  const [pair] = typeof got === "object" && got !== null ? Object.entries(got) : [];
  if (pair === undefined) return undefined;
  const kind = typeof pair[1] === "string" && kinds.includes(pair[1]) ? pair[1] : "regression";
  return `To give a kind, write tasks as a map: tasks: ${flowYaml({ [pair[0]]: { kind } })}.`;
}

function example(setting: Setting, got: unknown, item: boolean): string {
  const key = setting.path.split(".").at(-1)!;
  const preset = defaultAt(setting.path);
  const written = `${key}: ${flowYaml(exampleOf(setting))}`;
  if (got === null && !item)
    return preset === undefined
      ? `Give it a value, for example ${written}.`
      : `Give it a value, or take the line away for the default, ${flowYaml(preset)}.`;
  const same = JSON.stringify(preset) === JSON.stringify(exampleOf(setting));
  return same && !item
    ? `Take the line away for the default, ${flowYaml(preset)}.`
    : `Write for example ${written}.`;
}
