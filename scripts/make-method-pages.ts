// Writes docs/methods: a page for each balancer and each sharing architecture, from what it says of itself and its doc comment.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { MethodBase } from "../src/base/method-options.js";
import type { SharingArchitecture } from "../src/model/sharing/architecture.js";
import { ARCHITECTURES } from "../src/model/sharing/index.js";
import type { Balancer } from "../src/training/balancer.js";
import { BALANCERS } from "../src/training/balancers/index.js";

const FOLDER = new URL("../docs/methods/", import.meta.url);
const COSTS = new URL("../bench/method-costs.json", import.meta.url);

/** What a page is made of. */
interface Method extends MethodBase {
  /** The file with its doc comment. */
  readonly source: URL;
  /** The flag that chooses it, and the one of its options. */
  readonly flag: string;
  readonly optionFlag: string;
  /** Sentences after the table of options. */
  readonly notes: string;
}

/** Processor time of a training step with each method, as the bench `method-costs` wrote it. */
interface Costs {
  readonly shape: string;
  readonly milliseconds: Readonly<Record<string, number>>;
}

const NEEDS: Readonly<Record<Balancer["needs"], string>> = {
  losses: "the tasks' losses",
  gramian: "the inner products of the tasks' gradients in what they share",
  jacobian: "the tasks' gradients in what they share, entry by entry",
};

/** What costs of methods are compared with, by the flag that chooses them. */
const PLAINEST: Readonly<Record<string, string>> = { balance: "balance equal", sharing: "sharing hard" };

/** Every page by its file name, the list of all among them. */
export function methodPages(): Readonly<Record<string, string>> {
  const balancers = Object.values(BALANCERS) as readonly Balancer[];
  const architectures = Object.values<SharingArchitecture>(ARCHITECTURES);
  const methods = [...architectures.map(ofArchitecture), ...balancers.map(ofBalancer)];
  return {
    "README.md": overview(balancers, architectures),
    ...Object.fromEntries(methods.map((method) => [`${method.slug}.md`, pageOf(method)])),
  };
}

const ofBalancer = (balancer: Balancer): Method => ({
  ...balancer,
  source: new URL(`../src/training/balancers/${balancer.slug}.ts`, import.meta.url),
  flag: "balance",
  optionFlag: "balance-option",
  notes: `It reads ${NEEDS[balancer.needs]}. Heads receive ${balancer.heads === "own" ? "their own gradient" : "their gradient, weighted as in the shared layers"}${balancer.needs === "losses" ? "" : "; `--balance-heads` decides otherwise"}.`,
});

const ofArchitecture = (architecture: SharingArchitecture): Method => ({
  ...architecture,
  source: new URL(`../src/model/sharing/${architecture.slug}.ts`, import.meta.url),
  flag: "sharing",
  optionFlag: "sharing-option",
  notes: "Widths of its layers are those of `--trunk`, and every method of balance may train it.",
});

function overview(balancers: readonly Balancer[], architectures: readonly SharingArchitecture[]): string {
  return [
    "# Methods",
    "",
    "Each page says what a method computes, its paper, its options, where ours departs from the paper and what a training step costs",
    "with it.",
    "",
    "## Ways of sharing",
    "",
    "`kindred train … --sharing SLUG` chooses one; `sharing: { architecture: SLUG }` in a study file does.",
    "",
    "| method | slug | what it does | when it helps |",
    "|---|---|---|---|",
    ...architectures.map(
      ({ slug, title, description, helps }) =>
        `| [${title}](${slug}.md) | \`${slug}\` | ${description} | ${helps} |`,
    ),
    "",
    "## Methods of balancing",
    "",
    "`kindred train … --balance SLUG` chooses one; `balance` in a study file does. [The toy problem](../toy-problem.md)",
    "shows where each ends on two losses of two variables.",
    "",
    "| method | slug | what it does | reads | heads receive |",
    "|---|---|---|---|---|",
    ...balancers.map(
      ({ slug, title, needs, heads, description }) =>
        `| [${title}](${slug}.md) | \`${slug}\` | ${description} | ${NEEDS[needs]} | ${heads} |`,
    ),
    "",
  ].join("\n");
}

function pageOf({ slug, title, description, helps, paper, options, ...method }: Method): string {
  const { text, departures } = commentOf(slug, method.source);
  const names = Object.entries(options);
  const table = names.map(
    ([name, { default: preset, min, max, integer, doc }]) =>
      `| \`${name}\` | ${preset} | ${integer ? "whole numbers " : ""}${min} to ${max} | ${doc} |`,
  );
  const example = names.length === 0 ? "" : ` --${method.optionFlag} ${names[0]![0]}=${names[0]![1].default}`;
  const section = (heading: string, ...lines: readonly string[]): string[] => [
    `## ${heading}`,
    "",
    ...lines,
    "",
  ];
  return [
    `# ${title}`,
    "",
    `${description[0]!.toUpperCase()}${description.slice(1)}.`,
    "",
    "```sh",
    `kindred train data.csv --tasks a,b --${method.flag} ${slug}${example}`,
    "```",
    "",
    ...section("What it computes", text),
    ...section("When it helps", `${helps}.`),
    ...section(
      "Options",
      ...(table.length > 0
        ? ["| name | default | values | |", "|---|---|---|---|", ...table]
        : ["It has none."]),
      "",
      method.notes,
    ),
    ...section("Cost", costOf(slug, method.flag)),
    ...section("Paper", `${paper}.`),
    ...section("Departures", departures),
  ].join("\n");
}

/** What a training step costs with a method. */
function costOf(slug: string, flag: string): string {
  const { shape, milliseconds } = JSON.parse(readFileSync(COSTS, "utf8")) as Costs; // written by the bench
  const [cost, plain] = [milliseconds[`${flag} ${slug}`], milliseconds[PLAINEST[flag]!]];
  if (cost === undefined || plain === undefined)
    return "Not measured: `npm run bench -- method-costs` has it left out.";
  const beside =
    PLAINEST[flag] === `${flag} ${slug}`
      ? ""
      : `, ${(cost / plain).toPrecision(2)} times that with ${PLAINEST[flag]}`;
  return `A training step takes ${cost.toPrecision(2)} ms of processor time${beside} (${shape}; \`npm run bench -- method-costs\`).`;
}

/** What the doc comment of a method says, and its departures. */
function commentOf(slug: string, file: URL): { readonly text: string; readonly departures: string } {
  const path = fileURLToPath(file);
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const exported = source.statements.find(
    (statement) =>
      ts.isVariableStatement(statement) &&
      statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) &&
      statement.getText().includes(`slug: "${slug}"`),
  );
  const range = exported && ts.getLeadingCommentRanges(source.text, exported.pos)?.at(-1);
  if (!range) throw new Error(`${path}: the method has no doc comment`);
  const lines = source.text
    .slice(range.pos, range.end)
    .replace(/^\/\*\*\s?|\s*\*\/$/g, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""));
  const body = lines.join("\n").trim();
  const tags = /\n?(?:@see|@param|@returns|@throws|Departures:)/.exec(body);
  const text = (tags ? body.slice(0, tags.index) : body).trim();
  const found = /Departures:\s*([\s\S]*?)(?=\n@|$)/.exec(body)?.[1]?.trim();
  return { text, departures: found === undefined ? "None." : found[0]!.toUpperCase() + found.slice(1) };
}

/** Writes all pages and removes those of methods that are gone. */
function write(): void {
  mkdirSync(FOLDER, { recursive: true });
  const pages = methodPages();
  for (const name of readdirSync(FOLDER)) if (!(name in pages)) rmSync(new URL(name, FOLDER));
  for (const [name, text] of Object.entries(pages)) writeFileSync(new URL(name, FOLDER), text);
}

if (argv[1] === fileURLToPath(import.meta.url)) write();
