// Writes docs/methods: a page for each balancer, from what it says of itself and from its doc comment.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { Balancer } from "../src/training/balancer.js";
import { BALANCERS } from "../src/training/balancers/index.js";

const FOLDER = new URL("../docs/methods/", import.meta.url);
const SOURCES = new URL("../src/training/balancers/", import.meta.url);

const NEEDS: Readonly<Record<Balancer["needs"], string>> = {
  losses: "the tasks' losses",
  gramian: "the inner products of the tasks' gradients in what they share",
};

/** Every page by its file name, the list of all among them. */
export function methodPages(): Readonly<Record<string, string>> {
  const all = Object.values(BALANCERS) as readonly Balancer[];
  return {
    "README.md": overview(all),
    ...Object.fromEntries(all.map((balancer) => [`${balancer.slug}.md`, pageOf(balancer)])),
  };
}

function overview(all: readonly Balancer[]): string {
  const rows = all.map(
    ({ slug, title, needs, heads, description }) =>
      `| [${title}](${slug}.md) | \`${slug}\` | ${description} | ${NEEDS[needs]} | ${heads} |`,
  );
  return [
    "# Methods of balancing",
    "",
    "`kindred train … --balance SLUG` chooses one; `balance` in a study file does. Each page says what the method computes, its paper, its",
    "options and where ours departs from the paper. What a step costs with each is in [benchmarks](../benchmarks.md).",
    "",
    "| method | slug | what it does | reads | heads receive |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function pageOf({ slug, title, description, paper, options, heads, needs }: Balancer): string {
  const { text, departures } = commentOf(slug);
  const names = Object.entries(options);
  const table = names.map(
    ([name, { default: preset, min, max, integer, doc }]) =>
      `| \`${name}\` | ${preset} | ${integer ? "whole numbers " : ""}${min} to ${max} | ${doc} |`,
  );
  const example = names.length === 0 ? "" : ` --balance-option ${names[0]![0]}=${names[0]![1].default}`;
  return [
    `# ${title}`,
    "",
    `${description[0]!.toUpperCase()}${description.slice(1)}.`,
    "",
    "```sh",
    `kindred train data.csv --tasks a,b --balance ${slug}${example}`,
    "```",
    "",
    "## What it computes",
    "",
    text,
    "",
    "## Options",
    "",
    ...(table.length > 0
      ? ["| name | default | values | |", "|---|---|---|---|", ...table]
      : ["It has none."]),
    "",
    `It reads ${NEEDS[needs]}. Heads receive ${heads === "own" ? "their own gradient" : "their gradient, weighted as in the shared layers"}${needs === "losses" ? "" : "; `--balance-heads` decides otherwise"}.`,
    "",
    "## Paper",
    "",
    `${paper}.`,
    "",
    "## Departures",
    "",
    departures,
    "",
  ].join("\n");
}

/** What the doc comment of a method says, and its departures. */
function commentOf(slug: string): { readonly text: string; readonly departures: string } {
  const path = fileURLToPath(new URL(`${slug}.ts`, SOURCES));
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const exported = source.statements.find(
    (statement) =>
      ts.isVariableStatement(statement) &&
      statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) &&
      /slug: "/.test(statement.getText()),
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
