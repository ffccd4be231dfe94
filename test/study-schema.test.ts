import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { studySchemaText } from "../scripts/make-study-schema.js";
import { DEFAULT_OPTIONS } from "../src/study/options.js";
import { SETTINGS, TASK_SETTINGS, defaultAt } from "../src/study/schema.js";
import { studySchema } from "../src/study/study-file-schema.js";

const PATH = new URL("../docs/study.schema.json", import.meta.url);

/** What of JSON Schema the file uses. */
interface Schema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly minProperties?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

const schema = JSON.parse(readFileSync(PATH, "utf8")) as Schema;

/** Keywords the reading below knows; another one would be silently unread. */
const KEYWORDS =
  "$schema $id title description default type const enum anyOf items minItems maxItems minLength minProperties properties propertyNames additionalProperties required minimum maximum exclusiveMinimum exclusiveMaximum".split(
    " ",
  );

describe("docs/study.schema.json", () => {
  it("is what the table of settings gives; npx tsx scripts/make-study-schema.ts writes it anew", () => {
    expect(readFileSync(PATH, "utf8")).toBe(studySchemaText());
  });

  it("says which draft it follows, its name and its title", () => {
    expect([schema.$schema, schema.$id, schema.title]).toEqual([
      "https://json-schema.org/draft/2020-12/schema",
      "urn:kindred:study",
      "Kindred study",
    ]);
  });

  it("uses only keywords of the draft, each with a value of its own type", () => {
    const wrong = everySchema(schema).flatMap(({ at, one }) => [
      ...Object.keys(one)
        .filter((key) => !KEYWORDS.includes(key))
        .map((key) => `${at} ${key}`),
      ...faultsOf(one).map((fault) => `${at} ${fault}`),
    ]);
    expect(wrong).toEqual([]);
  });

  it.each(SETTINGS.map(({ path }) => path))("describes %s, and its default is what a study takes", (path) => {
    const one = schemaAt(path);
    expect(one.description).toMatch(/^[A-Z].{8,}\.$/);
    expect(one.default).toEqual(defaultAt(path));
  });

  it.each(TASK_SETTINGS.map(({ path }) => path))("describes the %s of a task", (path) => {
    const tasks = schema.properties!["tasks"]!.anyOf![1]!.additionalProperties as Schema;
    expect(tasks.anyOf![0]!.properties![path]!.description).toMatch(/^[A-Z].{8,}\.$/);
  });

  it.each(["sharing", "split", "budget"])(
    "describes the group %s and refuses keys it does not know",
    (group) => {
      const one = schema.properties![group]!;
      expect(one.description).toMatch(/\.$/);
      expect(one.additionalProperties).toBe(false);
    },
  );

  it("takes the defaults, and each of them is in the range it publishes", () => {
    expect(accepts(schema, { ...DEFAULT_OPTIONS, data: "a.csv", tasks: ["a"] })).toBe(true);
  });

  const good = [
    "{ data: a.csv, tasks: [a] }",
    "{ data: a.csv, tasks: { a: , b: { kind: regression } } }",
    "{ data: a.csv, tasks: { g: { kind: clustering, clusters: auto, reference: r } }, seed: 4294967295 }",
    "{ data: a.csv, tasks: [a], types: { b: category }, missing: [NA], relations: ['a:b'], balance: uncertainty }",
    "{ data: a.csv, tasks: [a], sharing: { trunk: [64], members: 4 }, split: { validation: 0.1 }, budget: { epochs: 3, clip: 0.5 } }",
  ];
  const bad = [
    "{}",
    "[]",
    "{ data: a.csv }",
    "{ data: '', tasks: [a] }",
    "{ data: a.csv, tasks: [] }",
    "{ data: a.csv, tasks: {} }",
    "{ data: a.csv, tasks: [1] }",
    "{ data: a.csv, tasks: { '': } }",
    "{ data: a.csv, tasks: { a: regression } }",
    "{ data: a.csv, tasks: { a: { kind: other } } }",
    "{ data: a.csv, tasks: { a: { clusters: 1 } } }",
    "{ data: a.csv, tasks: [a], sede: 1 }",
    "{ data: a.csv, tasks: [a], seed: 1.5 }",
    "{ data: a.csv, tasks: [a], seed: -1 }",
    "{ data: a.csv, tasks: [a], seed: auto }",
    "{ data: a.csv, tasks: [a], types: { b: colour } }",
    "{ data: a.csv, tasks: [a], split: { test: 1 } }",
    "{ data: a.csv, tasks: [a], split: { tets: 0.1 } }",
    "{ data: a.csv, tasks: [a], budget: { epochs: many } }",
    "{ data: a.csv, tasks: [a], budget: { clip: 0 } }",
    "{ data: a.csv, tasks: [a], sharing: { trunk: [] } }",
    "{ data: a.csv, tasks: [a], sharing: { trunk: [0] } }",
    "{ data: a.csv, tasks: [a], ignore: b }",
  ];
  it.each(good)("takes %s, as the reader of study files does", (text) => {
    expect([accepts(schema, parse(text)), studySchema().safeParse(parse(text)).success]).toEqual([
      true,
      true,
    ]);
  });
  it.each(bad)("refuses %s, as the reader of study files does", (text) => {
    expect([accepts(schema, parse(text)), studySchema().safeParse(parse(text)).success]).toEqual([
      false,
      false,
    ]);
  });
});

function schemaAt(path: string): Schema {
  return path.split(".").reduce((one, key) => one.properties![key]!, schema);
}

/** A schema and every schema inside it, with its place. */
function everySchema(one: Schema, at = "#"): { readonly at: string; readonly one: Schema }[] {
  const inner: [string, Schema][] = [
    ...Object.entries(one.properties ?? {}).map(([key, value]): [string, Schema] => [`${at}/${key}`, value]),
    ...(one.anyOf ?? []).map((value, i): [string, Schema] => [`${at}/anyOf/${i}`, value]),
    ...(one.items ? [[`${at}/items`, one.items] as [string, Schema]] : []),
    ...(one.propertyNames ? [[`${at}/propertyNames`, one.propertyNames] as [string, Schema]] : []),
    ...(typeof one.additionalProperties === "object"
      ? [[`${at}/additionalProperties`, one.additionalProperties] as [string, Schema]]
      : []),
  ];
  return [{ at, one }, ...inner.flatMap(([place, value]) => everySchema(value, place))];
}

/** Values of keywords that the draft's own schema would refuse. */
function faultsOf(one: Schema): string[] {
  const types = ["array", "boolean", "integer", "null", "number", "object", "string"];
  const counts = [one.minItems, one.maxItems, one.minLength, one.minProperties];
  const limits = [one.minimum, one.maximum, one.exclusiveMinimum, one.exclusiveMaximum];
  return [
    ...(one.type === undefined || types.includes(one.type) ? [] : ["type"]),
    ...(one.enum === undefined || new Set(one.enum).size === one.enum.length ? [] : ["enum"]),
    ...(one.anyOf === undefined || one.anyOf.length > 0 ? [] : ["anyOf"]),
    ...(counts.every((n) => n === undefined || (Number.isInteger(n) && n >= 0)) ? [] : ["count"]),
    ...(limits.every((n) => n === undefined || Number.isFinite(n)) ? [] : ["limit"]),
    ...((one.required ?? []).every((key) => Object.hasOwn(one.properties ?? {}, key)) ? [] : ["required"]),
    ...(one.type === undefined && !one.anyOf && !one.enum ? ["takes everything"] : []),
  ];
}

/** Whether a value is valid, by the keywords of {@link KEYWORDS} as the draft defines them. */
function accepts(one: Schema, value: unknown): boolean {
  if (one.anyOf && !one.anyOf.some((branch) => accepts(branch, value))) return false;
  if (one.enum && !one.enum.includes(value)) return false;
  if ("const" in one && one.const !== value) return false;
  if (one.type !== undefined && !hasType(one.type, value)) return false;
  if (typeof value === "number") return inLimits(one, value);
  if (typeof value === "string") return value.length >= (one.minLength ?? 0);
  if (Array.isArray(value)) {
    const { minItems = 0, maxItems = Infinity, items } = one;
    if (value.length < minItems || value.length > maxItems) return false;
    return value.every((item) => !items || accepts(items, item));
  }
  return typeof value !== "object" || value === null || acceptsMap(one, value as Record<string, unknown>);
}

function acceptsMap(one: Schema, value: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(value);
  if (keys.length < (one.minProperties ?? 0)) return false;
  if (!(one.required ?? []).every((key) => Object.hasOwn(value, key))) return false;
  return keys.every((key) => {
    if (one.propertyNames && !accepts(one.propertyNames, key)) return false;
    const known = Object.hasOwn(one.properties ?? {}, key) ? one.properties![key]! : one.additionalProperties;
    return known === undefined || (typeof known === "boolean" ? known : accepts(known, value[key]));
  });
}

function hasType(type: string, value: unknown): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return type === "integer" ? Number.isInteger(value) : typeof value === type;
}

function inLimits(one: Schema, value: number): boolean {
  return (
    value >= (one.minimum ?? -Infinity) &&
    value <= (one.maximum ?? Infinity) &&
    value > (one.exclusiveMinimum ?? -Infinity) &&
    value < (one.exclusiveMaximum ?? Infinity)
  );
}
