import * as fc from "fast-check";
import { parse } from "yaml";
import { defaultAt, SETTINGS, TASK_SETTINGS } from "../../src/study/schema.js";
import { completeStudy } from "../../src/study/schema-complete.js";
import { parseStudyFile, StudyFileError } from "../../src/study/study-file.js";
import { AWKWARD, columnName } from "./cells.js";
import { edited, edits } from "./edits.js";
import { type FuzzTarget, holds, type Outcome, outcomeOf, refusal } from "./target.js";

/** Study files: grammar with YAML's odd corners, settings with odd values, changed bytes of sound ones. */
export const yamlTarget = async (): Promise<FuzzTarget> =>
  ({
    name: "yaml",
    inputs: fc.oneof(
      { weight: 4, arbitrary: study },
      { weight: 3, arbitrary: changed },
      { weight: 2, arbitrary: anyYaml },
      { weight: 1, arbitrary: large },
    ),
    save: (text) => text,
    run: readStudy,
  }) satisfies FuzzTarget<string>;

async function readStudy(text: string): Promise<Outcome> {
  let read: ReturnType<typeof parseStudyFile>;
  try {
    read = parseStudyFile(text, "s.yaml");
  } catch (error) {
    refusal(error);
    if (error instanceof StudyFileError) checkPlaces(error, text);
    return "refused";
  } finally {
    holds(Object.keys(Object.prototype).length === 0, () => "Object.prototype was written to");
  }
  checkAgainstPeer(read, text);
  return outcomeOf(() => completeStudy(read, "fuzz"));
}

function checkPlaces({ problems }: StudyFileError, text: string): void {
  const lines = text.split(/\r?\n/);
  for (const { line, column, message, excerpt } of problems) {
    holds(!/[\r\n]/.test(message), () => `a problem of several lines: ${message}`);
    holds(line >= 1 && line <= lines.length, () => `line ${line} of ${lines.length}: ${message}`);
    holds(
      column >= 1 && column <= lines[line - 1]!.length + 2,
      () => `column ${column} of line ${line}: ${message}`,
    );
    holds(
      excerpt.split("\n").length === 2,
      () => `an excerpt of more than two lines: ${JSON.stringify(excerpt)}`,
    );
  }
}

/** What was accepted says what YAML itself says, task lists as maps of nothing. */
function checkAgainstPeer(read: ReturnType<typeof parseStudyFile>, text: string): void {
  const plain = parse(text, { logLevel: "silent" }) as Record<string, unknown>;
  const tasks = Array.isArray(plain["tasks"])
    ? Object.fromEntries((plain["tasks"] as string[]).map((name) => [name, {}]))
    : Object.fromEntries(
        Object.entries(plain["tasks"] as object).map(([name, task]) => [name, (task as object | null) ?? {}]),
      );
  const [ours, peer] = [JSON.stringify(read), JSON.stringify({ ...plain, tasks })];
  holds(ours === peer, () => `read as ${ours}, where YAML says ${peer}`);
}

const scalar: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "a",
      "b",
      "1",
      "0.5",
      "true",
      "null",
      "price",
      "clustering",
      "regression",
      "random",
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom(...AWKWARD).map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.constantFrom(...AWKWARD) },
  { weight: 1, arbitrary: columnName.map((text) => JSON.stringify(text)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "~", "0x10", "0o17", "1_000", ".inf", "-.INF", ".nan", "1e3", "!!js/function 'function () {}'", "!!binary aGVsbG8=", "!x y",
      "!!set {a}", "!!timestamp 2024-01-01", "2024-01-01", "&a b", "*a", "<<", "@x", "`x", "%x", "|\n  text", ">-\n  folded\n\n  x",
      "'it''s'", '"\\x41\\u263a"', '"\\q"', "'open", '"open', "a: b", "- a", "[", "]", "{", "}", ",", "? a", "# c", "\t", "yes", "off",
      "[a, [b, [c]]]", "{a: {b: {c: d}}}", "[a, b", "{a: 1, a: 2}", "[*a, *a]", "{<<: *a}", "\u2028", "\uFEFF", "9".repeat(400),
    ), // prettier-ignore
  },
);

const key: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...SETTINGS.map(({ path }) => path.split(".")[0]!)) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...SETTINGS.map(({ path }) => path.split(".").at(-1)!),
      ...TASK_SETTINGS.map(({ path }) => path),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "__proto__",
      "constructor",
      "toString",
      "<<",
      "?",
      "",
      "''",
      "[a]",
      "{a: b}",
      "&k x",
      "!!str y",
      "1",
      "null",
      "~",
    ),
  },
  { weight: 1, arbitrary: columnName.map((name) => JSON.stringify(name)) },
);

/** A value on the same line or below, indented. */
const node = (depth: number): fc.Arbitrary<string> => {
  if (depth === 0) return scalar.map((text) => ` ${text}\n`);
  const pad = "  ".repeat(3 - depth + 1);
  const below = node(depth - 1);
  return fc.oneof(
    { weight: 3, arbitrary: scalar.map((text) => ` ${text}\n`) },
    { weight: 1, arbitrary: fc.array(scalar, { maxLength: 4 }).map((items) => ` [${items.join(", ")}]\n`) },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.tuple(key, scalar), { maxLength: 3 })
        .map((pairs) => ` { ${pairs.map(([k, v]) => `${k}: ${v}`).join(", ")} }\n`),
    },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.tuple(key, below), { minLength: 1, maxLength: 3 })
        .map((pairs) => `\n${pairs.map(([k, v]) => `${pad}${k}:${v}`).join("")}`),
    },
    {
      weight: 1,
      arbitrary: fc
        .array(below, { minLength: 1, maxLength: 3 })
        .map((items) => `\n${items.map((item) => `${pad}-${item}`).join("")}`),
    },
  );
};

const anyYaml: fc.Arbitrary<string> = fc
  .record({
    before: fc.oneof(
      { weight: 6, arbitrary: fc.constant("") },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          "---\n",
          "%YAML 1.1\n---\n",
          "\uFEFF",
          "# c\n",
          "--- !x\n",
          "...\n",
          "\t\n",
        ),
      },
    ),
    pairs: fc.array(fc.tuple(key, node(2)), { maxLength: 5 }),
    after: fc.oneof(
      { weight: 6, arbitrary: fc.constant("") },
      { weight: 1, arbitrary: fc.constantFrom("---\na: b\n", "...\n", "}", "  x", "\0") },
    ),
  })
  .map(({ before, pairs, after }) => `${before}${pairs.map(([k, v]) => `${k}:${v}`).join("")}${after}`);

/** The default of a setting, several times, so that most studies are sound. */
function sample(path: string): string[] {
  const preset = defaultAt(path);
  return typeof preset === "number" || preset === "auto" ? Array<string>(6).fill(String(preset)) : [];
}

/** Sound but for some values: each setting near its range. */
const settingLine: fc.Arbitrary<string> = fc
  .constantFrom(...SETTINGS.filter(({ path }) => path !== "data" && path !== "tasks"))
  .chain((setting) => {
    const { path, value } = setting;
    const [group, inner] = path.split(".");
    const sound =
      value.type === "number"
        ? fc.constantFrom(
            ...sample(path),
            String(value.min ?? value.above ?? 0),
            String(value.max ?? value.below ?? 9),
            "1",
            "0.5",
            "auto",
            "-1",
            "1e999",
          )
        : value.type === "choice"
          ? fc.constantFrom<string>(...value.choices)
          : fc.constantFrom("[a, b]", "[16, 8]", "{ a: numeric }", "a", "[a~b]", "[]", "{}");
    return fc
      .oneof({ weight: 15, arbitrary: sound }, { weight: 1, arbitrary: scalar })
      .map((text) => (inner === undefined ? `${group}: ${text}\n` : `${group}: { ${inner}: ${text} }\n`));
  });

const tasksLine: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "tasks: [a, b]\n",
    "tasks:\n  a:\n  b: { kind: regression }\n",
    "tasks: { a: { kind: classification }, g: { kind: clustering, clusters: 3 } }\n",
  ),
  fc
    .array(
      fc.tuple(
        columnName.map((name) => JSON.stringify(name)),
        scalar,
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((tasks) => `tasks:\n${tasks.map(([name, kind]) => `  ${name}: { kind: ${kind} }\n`).join("")}`),
  columnName.map((name) => `tasks: [${JSON.stringify(name)}]\n`),
);

const study: fc.Arbitrary<string> = fc
  .record({
    tasks: tasksLine,
    settings: fc.uniqueArray(settingLine, { maxLength: 5, selector: (line) => line.split(":")[0]! }),
  })
  .map(({ tasks, settings }) => `data: a.csv\n${tasks}${settings.join("")}`);

const changed: fc.Arbitrary<string> = fc
  .record({ text: study, changes: edits(1, 6) })
  .map(({ text, changes }) => new TextDecoder().decode(edited(Buffer.from(text), changes)));

/** Small texts that say much: nesting, references to references, long scalars, many keys. */
const large: fc.Arbitrary<string> = fc
  .record({
    n: fc.oneof(
      { weight: 6, arbitrary: fc.nat({ max: 60 }) },
      { weight: 1, arbitrary: fc.nat({ max: 3000 }) },
    ),
    form: fc.nat({ max: 9 }),
  })
  .map(({ n, form }) => {
    const body = [
      () => `tasks: ${"[".repeat(n)}a${"]".repeat(n)}`,
      () => `tasks: ${"{a: ".repeat(n)}b${"}".repeat(n)}`,
      () => `tasks: ${"[".repeat(n)}`,
      () =>
        `tasks:\n${Array.from({ length: Math.min(n, 200) }, (_, i) => `${" ".repeat(i + 1)}a:\n`).join("")}`,
      () =>
        `x0: &x0 [a, a]\n${Array.from({ length: Math.min(n, 60) }, (_, i) => `x${i + 1}: &x${i + 1} [*x${i}, *x${i}]\n`).join("")}`,
      () => `tasks: [${Array.from({ length: n }, (_, i) => `t${i}`).join(", ")}]`,
      () => Array.from({ length: n }, (_, i) => `k${i}: ${i}\n`).join(""),
      () => `tasks: ["${"x".repeat(100 * n)}"]`,
      () => `? ${"? ".repeat(Math.min(n, 300))}a\n: b`,
      () => `tasks: ${"- ".repeat(Math.min(n, 300))}a`,
    ];
    return `data: a.csv\n${body[form]!()}\n`;
  });
