import { z } from "zod";
import { SETTINGS, TASK_SETTINGS, defaultAt } from "./schema.js";
import type { Setting, SettingValue } from "./schema.js";

/** The schema of a study file, built from the table of settings; every key but `data` and `tasks` may be absent. */
export function studySchema(): z.ZodType {
  return objectOf(SETTINGS, "", ["data", "tasks"]);
}

/** The JSON Schema of a study file, for editors that check and complete while one types. */
export function studyJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    title: "Kindred study",
    ...z.toJSONSchema(studySchema(), { io: "input", unrepresentable: "any" }),
  };
}

function objectOf(settings: readonly Setting[], prefix: string, required: readonly string[]): z.ZodType {
  const keys = [...new Set(settings.map(({ path }) => path.slice(prefix.length).split(".")[0]!))];
  return z.strictObject(
    Object.fromEntries(
      keys.map((key) => {
        const path = prefix + key;
        const own = settings.find((setting) => setting.path === path);
        const inner = settings.filter((setting) => setting.path.startsWith(`${path}.`));
        const schema = own ? described(own) : objectOf(inner, `${path}.`, []);
        return [key, required.includes(key) ? schema : schema.optional()];
      }),
    ),
  );
}

function described(setting: Setting): z.ZodType {
  const preset = defaultAt(setting.path);
  const note = preset === undefined ? "" : ` (default ${JSON.stringify(preset)})`;
  return schemaOf(setting.value).describe(setting.doc + note);
}

function schemaOf(value: SettingValue): z.ZodType {
  switch (value.type) {
    case "number":
      return value.auto ? z.union([z.literal("auto"), numberOf(value)]) : numberOf(value);
    case "choice":
      return z.enum(value.choices as [string, ...string[]]);
    case "text":
      return z.string().min(1);
    case "texts":
      return z.array(z.string());
    case "widths":
      return z.array(z.number().int().min(1).max(65536)).min(1).max(64);
    case "types":
      return z.record(z.string(), z.enum(value.choices as [string, ...string[]]));
    case "tasks":
      return z.union([z.array(z.string().min(1)).min(1), z.record(z.string(), taskSchema().nullable())]);
    default:
      return value satisfies never;
  }
}

function taskSchema(): z.ZodType {
  return objectOf(TASK_SETTINGS, "", []);
}

function numberOf(value: SettingValue & { type: "number" }): z.ZodType {
  let schema = z.number();
  if (value.whole) schema = schema.int();
  if (value.min !== undefined) schema = schema.min(value.min);
  if (value.above !== undefined) schema = schema.gt(value.above);
  if (value.max !== undefined) schema = schema.max(value.max);
  if (value.below !== undefined) schema = schema.lt(value.below);
  return schema;
}
