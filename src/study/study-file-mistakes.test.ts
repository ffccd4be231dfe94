import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SETTINGS, TASK_SETTINGS } from "./schema.js";
import { flowYaml } from "./flow-yaml.js";
import { StudyFileError, parseStudyFile } from "./study-file.js";
import type { StudyFileProblem } from "./study-file-place.js";
import { exampleOf } from "./study-file-fixes.js";
import { studySchema } from "./study-file-schema.js";

const problems = (text: string): readonly StudyFileProblem[] => {
  try {
    parseStudyFile(text, "s.yaml");
  } catch (error) {
    if (error instanceof StudyFileError) return error.problems;
    throw error;
  }
  return [];
};

/** Two lines in front, so that the mistake is in line 3. */
const study = (...lines: string[]): string => ["data: a.csv", "tasks: [a, b]", ...lines].join("\n");

/** What the mistake is, the text, its line and column, and words of what was wrong or expected and of the suggestion. */
type Mistake = readonly [what: string, text: string, place: string, says: string, suggests: string];

const SYNTAX: readonly Mistake[] = [
  ["a comment alone", "# nothing yet\n", "1:1", "a map with data and tasks, got nothing", "kindred init"],
  ["a list", "- data\n- tasks\n", "1:1", "a map with data and tasks", "Write data: table.csv"],
  ["one word", "data", "1:1", 'got "data"', "Write data: table.csv"],
  ["two documents", `${study()}\n---\ndata: b\n`, "3:1", "second document", "take the line --- away"],
  ["a tab before a key", "data: a\n\ttasks: [a]\n", "2:1", "Tabs", "Indent with spaces"],
  ["a tab before an item", "data: a\ntasks:\n\t- a\n", "3:1", "Tabs", "Indent with spaces"],
  ["an open bracket", "data: a\ntasks: [a, b\n", "3:1", "end with a ]", "close every bracket"],
  ["an open quote", 'data: "a.csv\ntasks: [a]\n', "3:1", "Missing closing", "Close every quote"],
  ["a closed bracket too many", study("}"), "3:1", "Unexpected", "Take it away"],
  ["a key without its colon", study("seed 3"), "3:1", "must be unique|followed by", "a colon and a space"],
  ["a key without its space", study("seed:3"), "3:1", "followed by map values", "a colon and a space"],
  ["an indented key", study("  seed: 3"), "3:1", "same column", "in one column"],
  ["a sign that YAML keeps", "data: @a\ntasks: [a]", "1:7", "reserved character", "in quotes"],
  ["a backslash in quotes", 'data: "C:\\data.csv"\ntasks: [a]', "1:10", "escape", "single quotes"],
  ["words after a list", "data: a\ntasks: [a] b", "2:12", "Unexpected", "Take it away"],
  ["a key written twice", study("seed: 1", "seed: 2"), "4:1", 'key "seed" is written twice', "Keep one"],
  [
    "a kind written twice",
    "data: a\ntasks: { a: { kind: regression, kind: clustering } }",
    "2:33",
    'key "kind" is written twice',
    "Keep one",
  ],
  ["an anchor", "data: &x a.csv\ntasks: [a]", "1:10", "anchor &x", "Write the value out"],
  ["another YAML", "# 1\n%YAML 1.1\n---\n<<:\n  - []\n", "2:1", "version of YAML", "begins with % away"],
  ["an alias to nothing", "data: a\ntasks: [*a]", "2:9", "alias *a", "in quotes"],
  ["an alias to itself", study("ignore: &x [*x]"), "3:12", "anchor &x", "Write the value out"],
  ["a tag", "data: !path a\ntasks: [a]", "1:7", "Unresolved tag: !path", "Take the tag away"],
  ["a directive", "%YAML 3\n---\ndata: a\ntasks: [a]", "1:7", "version", "begins with %"],
];

const KEYS: readonly Mistake[] = [
  ["a key that is misspelt", study("balanc: equal"), "3:1", 'key "balanc" is not known', '"balance"'],
  ["a key that is a flag", study("link: [a~b]"), "3:1", "not known", "is called relations"],
  ["a key with dashes", study("learning-rate: 1"), "3:1", "not known", "budget: { learningRate: 1 }"],
  ["a key outside its group", study("epochs: 3"), "3:1", "not known", "write budget: { epochs: 3 }"],
  ["a key of nothing", study("colour: red"), "3:1", "not known", "The keys here are data, tasks"],
  ["an empty key", study("null: 3"), "3:1", "not known", "The keys here are"],
  ["a key that is a list", study("? [a]", ": b"), "3:3", "a key must be a text, got a list", "in quotes"],
  ["a key of every object", study("__proto__: 3"), "3:1", "not known", "The keys here are"],
  ["a key of a group", study("split: { tset: 0.1 }"), "3:10", "not known", '"test"'],
  ["a key of a task", "data: a\ntasks: { a: { knid: regression } }", "2:15", "not known", '"kind"'],
  ["a merge key", study("split: { <<: { test: 0.1 } }"), "3:10", "not known", "The keys here are"],
  ["missing tasks", "data: a.csv\n", "1:1", "tasks: the value is missing", "Say columns to predict"],
  ["missing data", "tasks: [a]\n", "1:1", "data: the value is missing", "Say the table"],
];

const VALUES: readonly Mistake[] = [
  ["no table in a list", "data: []\ntasks: [a]", "1:7", "must be a file, a list", "data: table.csv"],
  ["a number in a list of tables", "data: [a, 3]\ntasks: [a]", "1:11", "must be a file, got 3", '"3"'],
  ["a number as data", "data: 3\ntasks: [a]", "1:7", "must be a file, a list of files", '"3"'],
  ["an empty text as data", "data: ''\ntasks: [a]", "1:7", 'name to file, got ""', "data: table.csv"],
  ["no value of data", "data:\ntasks: [a]", "1:6", "got nothing", "Give it a value"],
  ["tasks as a text", "data: a\ntasks: a, b", "2:8", "a list of column names", "Write it as a list: [a, b]"],
  ["tasks without a task", "data: a\ntasks: {}", "2:8", "got {}", "tasks: [price, sold]"],
  ["a number as a task", "data: a\ntasks: [1]", "2:9", "must be a column name, got 1", 'quotes: "1"'],
  [
    "a map in the list of tasks",
    "data: a\ntasks: [{ a: regression }]",
    "2:9",
    "must be a column name",
    "tasks: { a: { kind: regression } }",
  ],
  [
    "a kind as a task's value",
    "data: a\ntasks: { a: regression }",
    "2:13",
    "a map",
    "a: { kind: regression }",
  ],
  ["a task without a name", "data: a\ntasks: { '': }", "2:10", "the name of a column", "Name the column"],
  ["a misspelt kind", "data: a\ntasks: { a: { kind: regresion } }", "2:21", "clustering", '"regression"'],
  ["one cluster", "data: a\ntasks: { a: { clusters: 1 } }", "2:25", "of at least 2", "clusters: 3"],
  ["a text for a list", study("ignore: c, d"), "3:9", "a list of texts", "[c, d]"],
  ["a number in a list of texts", study("missing: [-1]"), "3:11", "a text, got -1", '"-1"'],
  ["a truth in a list of texts", study("missing: [no, true]"), "3:15", "a text, got true", '"true"'],
  ["a link cut by a space", study("relations:", "  - a: b"), "4:5", "a text", 'Write one text: "a:b"'],
  ["a list of types", study("types: [category]"), "3:8", "a map from column", "{ column: category }"],
  ["a misspelt type", study("types: { c: number }"), "3:13", "numeric, ordinal", '"numeric"'],
  ["a kind of split for the split", study("split: random"), "3:8", "a map", "split: { kind: random }"],
  ["a group without settings", study("sharing:"), "3:9", "got nothing", "take the line away"],
  [
    "a number in quotes",
    study("seed: '7'"),
    "3:7",
    'a whole number of at least 0 and at most 4294967295, got "7"',
    "quotes away: 7",
  ],
  ["a fraction as a seed", study("seed: 1.5"), "3:7", "a whole number", "the default, 0"],
  ["a seed below 0", study("seed: -1"), "3:7", "at least 0", "the default, 0"],
  ["an infinite seed", study("seed: .inf"), "3:7", "got Infinity", "the default, 0"],
  ["no number", study("budget: { clip: .nan }"), "3:17", "above 0, got NaN", "the default, 1"],
  ["a share of all rows", study("split: { test: 1 }"), "3:16", "below 1, got 1", "the default, 0.2"],
  ["a word for a number", study("budget: { epochs: many }"), "3:19", "or auto", "the default, auto"],
  ["auto where it cannot be", study("sharing: { head: auto }"), "3:18", "a whole number", "the default, 0"],
  ["one width", study("sharing: { trunk: 64 }"), "3:19", "a list of", "Write it as a list: [64]"],
  ["widths as a text", study('sharing: { trunk: "64,32" }'), "3:19", "a list of", "list: [64, 32]"],
  ["a width that is too large", study("sharing: { trunk: [65537] }"), "3:20", "at most 65536", "[128, 128]"],
  ["a misspelt optimiser", study("budget: { optimizer: adma }"), "3:22", "adam, adamw", '"adam"'],
];

const TOGETHER: readonly Mistake[] = [
  ["a task named twice", "data: a\ntasks: [a, b, a]", "2:15", "named twice", "Name it once"],
  ["a task that is ignored", study("ignore: [a]"), "3:9", "both a task and ignored", "one of the two"],
  [
    "clusters of a regression",
    "data: a\ntasks: { a: { kind: regression, clusters: 3 } }",
    "2:43",
    "is of kind regression",
    "set kind: clustering",
  ],
  ["a link without a mark", study("relations: [a>b]"), "3:13", "parent:child or a~b", "The tasks are a, b"],
  ["a link to no task", study("relations: [a:bb]"), "3:13", "not a task of this study", '"b"'],
  [
    "a link to itself",
    study("relations: [a~a]"),
    "3:13",
    "cannot be linked to itself",
    "two different tasks",
  ],
  ["links in a circle", study("relations: [a:b, b:a]"), "3:12", "form a cycle", "Remove one"],
  ["shares that leave no row", study("split: { validation: 0.5, test: 0.5 }"), "3:33", "no row", "below 1"],
  ["a split without its column", study("split: { kind: column }"), "3:16", "column's name", "column: NAME"],
];

describe.each([
  ["syntax", SYNTAX],
  ["keys", KEYS],
  ["values", VALUES],
  ["settings together", TOGETHER],
] as const)("mistakes of %s in a study file", (_, mistakes) => {
  it.each(mistakes)(
    "%s has its place, what is wrong and a suggestion",
    (_what, text, place, says, suggests) => {
      const [first] = problems(text);
      expect(first?.message).toMatch(new RegExp(`^s\\.yaml:${place}[: ]`));
      expect(first?.message).toMatch(new RegExp(says.replaceAll(/[[\]{}()?*+.^$\\]/g, "\\$&")));
      expect(first?.parts.fix).toContain(suggests);
    },
  );
});

/** Every value at every setting: what is refused must be refused in full. */
const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    true,
    -1,
    0,
    0.5,
    3,
    1e12,
    Number.NaN,
    Infinity,
    "",
    "auto",
    "a",
    "a,b",
    "3",
    "random",
  ),
  fc.array(fc.constantFrom<unknown>(null, "a", 0, 64, [], {}), { maxLength: 3 }),
  fc.dictionary(
    fc.constantFrom("a", "kind", "test", ""),
    fc.constantFrom<unknown>(null, "a", 3, "regression"),
  ),
);

const inYaml = (given: unknown): string =>
  typeof given !== "number" || Number.isFinite(given)
    ? flowYaml(given)
    : Number.isNaN(given)
      ? ".nan"
      : ".inf";

describe("a study file with any value anywhere", () => {
  it("is read, or each mistake has a line, a column, an expectation and a suggestion", () => {
    const setting = fc.constantFrom(
      ...SETTINGS,
      ...TASK_SETTINGS.map((one) => ({ ...one, path: `tasks.a.${one.path}` })),
    );
    fc.assert(
      fc.property(setting, value, ({ path }, given) => {
        const [head, ...rest] = path.split(".");
        const inner = rest.reduceRight((text, key) => `{ ${key}: ${text} }`, inYaml(given));
        const base = ["data: a", "tasks: [a, b]"].filter((line) => !line.startsWith(`${head}:`));
        for (const { line, column, parts, excerpt } of problems([...base, `${head}: ${inner}`].join("\n"))) {
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
          expect(parts.expected ?? parts.problem).toBeTruthy();
          expect(parts.fix).toMatch(/[.?]$/);
          expect(excerpt).toContain("^");
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([...SETTINGS, ...TASK_SETTINGS])("suggests for $path a value that it takes", (setting) => {
    const inner = TASK_SETTINGS.includes(setting) ? `tasks.a.${setting.path}` : setting.path;
    const nested = inner.split(".").reduceRight<unknown>((one, key) => ({ [key]: one }), exampleOf(setting));
    const given = { data: "a", tasks: ["a"], ...(nested as object) };
    expect(studySchema().safeParse(given).success).toBe(true);
  });
});

describe("a text that is hardly YAML", () => {
  const piece = fc.constantFrom(
    "data: a",
    "tasks:",
    "[",
    "]",
    "{",
    "}",
    "&x",
    "*x",
    "!t",
    "|",
    ">",
    "\n",
    "\t",
    "  ",
    "- ",
    "? ",
    ": ",
    "#",
    '"',
    "'",
    "%",
    "---",
    "...",
    "a",
    "3",
    "<<",
    "\u0000",
    "\uFEFF",
    ",",
  );
  it("is read or refused with places and suggestions, and never fails otherwise", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        for (const { line, column, parts } of problems(pieces.join(""))) {
          expect([line > 0, column > 0, parts.fix === undefined]).toEqual([true, true, false]);
        }
      }),
      { numRuns: 800 },
    );
  });

  it("may be nested as deep as it likes", () => {
    const [deep, list] = [3000, "data: a\ntasks: "];
    expect(problems(list + "[".repeat(deep) + "]".repeat(deep))[0]?.parts.fix).toBeTruthy();
    expect(problems("[".repeat(20_000))[0]?.parts.fix).toBeTruthy();
    expect(problems(`data: ${"{a: ".repeat(5000)}`)[0]?.parts.fix).toBeTruthy();
  });
});
