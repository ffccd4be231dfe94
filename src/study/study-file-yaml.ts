import { isCollection, isMap, isScalar, visit } from "yaml";
import type { Document, Node, YAMLError } from "yaml";
import type { FoundProblem } from "./study-file-problems.js";

/**
 * What is wrong with a study file as YAML, before its settings are read: the first mistake of its form, else unknown tags,
 * keys that are no texts, anchors and aliases.
 *
 * Departures: anchors, aliases and tags of YAML are refused. A study has no use for them, and an alias can make a file of a
 * hundred bytes as large as memory. So is a file that calls itself YAML 1.1, in which `no` is false and `<<` takes in maps.
 */
export function yamlProblems(document: Document.Parsed, text: string): FoundProblem[] {
  const [first] = document.errors;
  if (first) return [formProblem(first)];
  const version = document.directives?.yaml.version ?? OUR_VERSION;
  if (version !== OUR_VERSION) return [otherVersion(version, text)];
  const tags = document.warnings.map(({ pos, message }): FoundProblem => {
    const parts = { subject: "the text", problem: `cannot be read: ${withoutStop(message)}` };
    return { path: [], offset: pos[0], parts: { ...parts, fix: "Take the tag away." } };
  });
  return [...tags, ...keyProblems(document), ...references(document), ...repeatedKeys(document)];
}

const OUR_VERSION = "1.2";

function otherVersion(version: string, text: string): FoundProblem {
  const parts = { subject: "the version of YAML", expected: OUR_VERSION, got: version };
  const fix = "Take the line that begins with % away.";
  return { path: [], offset: Math.max(0, text.search(/^%YAML/m)), parts: { ...parts, fix } };
}

const MOST_REFERENCES = 3; // one of a kind says what there is to know of a hundred

type Code = YAMLError["code"];

/** How each mistake of form is mended, by the code of the YAML reader. */
const FIXES: Partial<Record<Code, string>> = {
  BAD_ALIAS: "Put a text that begins with * or & in quotes.",
  BAD_COLLECTION_TYPE: "Take the tag away.",
  BAD_DIRECTIVE: "Take the line that begins with % away.",
  BAD_DQ_ESCAPE: "Write \\\\ for a backslash, or put the text in single quotes.",
  BAD_INDENT:
    "Begin all keys of a map in one column with spaces before them, and close every bracket and quote.",
  BAD_SCALAR_START: "Put the text in quotes.",
  BLOCK_AS_IMPLICIT_KEY:
    "Begin every key in a line of its own, in the column of its neighbours; put a text that has a colon and a space in quotes.",
  BLOCK_IN_FLOW: "Inside brackets write lists as [a, b] and maps as { a: b }.",
  MISSING_CHAR:
    "Close every quote and bracket, put commas between items, and write a colon and a space after a key: seed: 3.",
  MULTILINE_IMPLICIT_KEY: "Write key: value in one line.",
  TAB_AS_INDENT: "Indent with spaces.",
  TAG_RESOLVE_FAILED: "Take the tag away.",
  UNEXPECTED_TOKEN: "Take it away, or put the whole text in quotes.",
};

function formProblem({ code, pos, message }: YAMLError): FoundProblem {
  const at = (parts: FoundProblem["parts"]): FoundProblem => ({ path: [], offset: pos[0], parts });
  if (code === "RESOURCE_EXHAUSTION") {
    const fix = "Write settings one or two levels deep.";
    return at({ subject: "the text", problem: "is nested too deep", fix });
  }
  if (code === "MULTIPLE_DOCS") {
    const fix = "Write one study a file: take the line --- away, or what follows it.";
    return at({ subject: "the text", problem: "has a second document", fix });
  }
  const fix =
    FIXES[code] ?? "Write key: value in each line, lists as [a, b], and texts that have signs in quotes.";
  return at({ subject: "the text", problem: `is not YAML: ${withoutStop(message)}`, fix });
}

/** A list or map as a key, which no setting and no column is called. */
function keyProblems(document: Document.Parsed): FoundProblem[] {
  const found: FoundProblem[] = [];
  visit(document, {
    Pair: (_, { key }) => {
      if (!isCollection(key)) return;
      const parts = { subject: "a key", expected: "a text", got: isMap(key) ? "a map" : "a list" };
      const fix = "Write key: value, and put a key that begins with a bracket in quotes.";
      found.push({ path: [], offset: key.range?.[0] ?? 0, parts: { ...parts, fix } });
    },
  });
  return found;
}

/** The first key that stands twice in one map. */
function repeatedKeys(document: Document.Parsed): FoundProblem[] {
  const found: FoundProblem[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = key.value === null ? "" : String(key.value); // 1 and "1" name the same column
        if (seen.has(name)) {
          const parts = { subject: `the key "${name}"`, problem: "is written twice" };
          found.push({
            path: [],
            offset: key.range?.[0] ?? 0,
            parts: { ...parts, fix: "Keep one of the two." },
          });
          return visit.BREAK;
        }
        seen.add(name);
      }
      return undefined;
    },
  });
  return found;
}

function references(document: Document.Parsed): FoundProblem[] {
  const found: FoundProblem[] = [];
  const refuse = (word: string, node: Node): void => {
    found.push({
      path: [],
      offset: node.range?.[0] ?? 0,
      parts: {
        subject: word,
        problem: "is not read in a study file",
        fix: "Write the value out, or put a text that begins with * or & in quotes.",
      },
    });
  };
  visit(document, {
    Alias: (_, node) => refuse(`the alias *${node.source}`, node),
    Value: (_, node) => {
      if (node.anchor !== undefined) refuse(`the anchor &${node.anchor}`, node);
    },
  });
  return found.slice(0, MOST_REFERENCES);
}

const withoutStop = (message: string): string => message.replace(/\.$/, "");
