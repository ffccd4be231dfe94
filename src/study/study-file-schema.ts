import * as z from "zod/mini"; // its functions leave out of a page what it does not use
import { SETTINGS, TASK_SETTINGS, defaultAt } from "./schema.js";
import type { Setting, SettingValue } from "./schema.js";
import { SETTING_GROUPS } from "./setting-groups.js";

/** The schema of a study file, built from the table of settings; every key but `data` and `tasks` may be absent. */
export function studySchema(): z.ZodMiniType {
  return objectOf(SETTINGS, "", ["data", "tasks"]);
}

/**
 * The JSON Schema of a study file (draft 2020-12), for editors that check and complete while one types.
 *
 * Its descriptions are those of the flags' help. `docs/study.schema.json` is this object, written by
 * `scripts/make-study-schema.ts`.
 */
export function studyJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...body } = z.toJSONSchema(studySchema(), { io: "input", unrepresentable: "any" });
  return {
    $schema,
    $id: "urn:kindred:study",
    title: "Kindred study",
    description: "A table, the columns to predict from it, and what of the defaults should be different.",
    ...body,
  };
}

function objectOf(settings: readonly Setting[], prefix: string, required: readonly string[]): z.ZodMiniType {
  const keys = [...new Set(settings.map(({ path }) => path.slice(prefix.length).split(".")[0]!))];
  return z.strictObject(
    Object.fromEntries(
      keys.map((key) => {
        const path = prefix + key;
        const own = settings.find((setting) => setting.path === path);
        const schema = own ? described(own) : groupOf(path, settings);
        return [key, required.includes(key) ? schema : z.optional(schema)];
      }),
    ),
  );
}

function groupOf(path: string, settings: readonly Setting[]): z.ZodMiniType {
  const inner = settings.filter((setting) => setting.path.startsWith(`${path}.`));
  const description = SETTING_GROUPS[path];
  const schema = objectOf(inner, `${path}.`, []);
  return description === undefined ? schema : schema.register(z.globalRegistry, { description });
}

function described({ path, doc, value }: Setting): z.ZodMiniType {
  const preset = defaultAt(path);
  const sentence = `${doc[0]!.toUpperCase()}${doc.slice(1)}.`;
  const empty = preset === undefined || ["[]", "{}"].includes(JSON.stringify(preset));
  return schemaOf(value).register(z.globalRegistry, {
    description: empty ? sentence : `${sentence} Default: ${JSON.stringify(preset)}.`,
    ...(preset !== undefined && { default: preset }),
  });
}

function schemaOf(value: SettingValue): z.ZodMiniType {
  switch (value.type) {
    case "number":
      return value.auto ? z.union([z.literal("auto"), numberOf(value)]) : numberOf(value);
    case "choice":
      return z.enum(value.choices as [string, ...string[]]);
    case "text":
      return z.string().check(z.minLength(1));
    case "data":
      return z.union([
        z.string().check(z.minLength(1)),
        z.array(z.string().check(z.minLength(1))).check(z.minLength(1)),
        z
          .record(z.string().check(z.minLength(1)), z.string().check(z.minLength(1)))
          .check(z.refine((tables) => Object.keys(tables).length > 0))
          .register(z.globalRegistry, { minProperties: 1 }),
      ]);
    case "texts":
      return z.array(z.string());
    case "missing":
      return z.union([z.array(z.string()), z.record(z.string(), z.array(z.string()))]);
    case "widths":
      return z
        .array(z.number().check(z.int(), z.gte(1), z.lte(65536)))
        .check(z.minLength(1), z.maxLength(64));
    case "numbers":
      return z.record(z.string(), z.number());
    case "types":
      return z.record(
        z.string(),
        z.union([
          z.enum(value.choices as [string, ...string[]]),
          z.array(z.union([z.string().check(z.minLength(1)), z.number(), z.boolean()])).check(z.minLength(2)),
        ]),
      );
    case "tasks":
      return z.union([
        z.array(z.string().check(z.minLength(1))).check(z.minLength(1)),
        z
          .record(z.string().check(z.minLength(1)), z.nullable(taskSchema()))
          .check(z.refine((tasks) => Object.keys(tasks).length > 0))
          .register(z.globalRegistry, { minProperties: 1 }),
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
