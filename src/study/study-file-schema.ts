import * as z from "zod/mini"; // its functions leave out of a page what it does not use
import { SETTINGS, TASK_SETTINGS, defaultAt } from "./schema.js";
import type { Setting, SettingValue } from "./schema.js";

/** The schema of a study file, built from the table of settings; every key but `data` and `tasks` may be absent. */
export function studySchema(): z.ZodMiniType {
  return objectOf(SETTINGS, "", ["data", "tasks"]);
}

/** The JSON Schema of a study file, for editors that check and complete while one types. */
export function studyJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    title: "Kindred study",
    ...z.toJSONSchema(studySchema(), { io: "input", unrepresentable: "any" }),
  };
}

function objectOf(settings: readonly Setting[], prefix: string, required: readonly string[]): z.ZodMiniType {
  const keys = [...new Set(settings.map(({ path }) => path.slice(prefix.length).split(".")[0]!))];
  return z.strictObject(
    Object.fromEntries(
      keys.map((key) => {
        const path = prefix + key;
        const own = settings.find((setting) => setting.path === path);
        const inner = settings.filter((setting) => setting.path.startsWith(`${path}.`));
        const schema = own ? described(own) : objectOf(inner, `${path}.`, []);
        return [key, required.includes(key) ? schema : z.optional(schema)];
      }),
    ),
  );
}

function described(setting: Setting): z.ZodMiniType {
  const preset = defaultAt(setting.path);
  const note = preset === undefined ? "" : ` (default ${JSON.stringify(preset)})`;
  return schemaOf(setting.value).register(z.globalRegistry, { description: setting.doc + note });
}

function schemaOf(value: SettingValue): z.ZodMiniType {
  switch (value.type) {
    case "number":
      return value.auto ? z.union([z.literal("auto"), numberOf(value)]) : numberOf(value);
    case "choice":
      return z.enum(value.choices as [string, ...string[]]);
    case "text":
      return z.string().check(z.minLength(1));
    case "texts":
      return z.array(z.string());
    case "widths":
      return z
        .array(z.number().check(z.int(), z.gte(1), z.lte(65536)))
        .check(z.minLength(1), z.maxLength(64));
    case "types":
      return z.record(z.string(), z.enum(value.choices as [string, ...string[]]));
    case "tasks":
      return z.union([
        z.array(z.string().check(z.minLength(1))).check(z.minLength(1)),
        z.record(z.string(), z.nullable(taskSchema())),
      ]);
    default:
      return value satisfies never;
  }
}

function taskSchema(): z.ZodMiniType {
  return objectOf(TASK_SETTINGS, "", []);
}

function numberOf(value: SettingValue & { type: "number" }): z.ZodMiniType {
  let schema = z.number();
  if (value.whole) schema = schema.check(z.int());
  if (value.min !== undefined) schema = schema.check(z.gte(value.min));
  if (value.above !== undefined) schema = schema.check(z.gt(value.above));
  if (value.max !== undefined) schema = schema.check(z.lte(value.max));
  if (value.below !== undefined) schema = schema.check(z.lt(value.below));
  return schema;
}
