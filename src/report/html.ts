/** Markup that is safe as it stands: made by `html`, or vouched for through `trusted`. */
export interface Html {
  readonly markup: string;
}

/** What may stand in a template: text and numbers are escaped, markup is kept, lists are joined, nothing is nothing. */
export type Part = Html | string | number | false | null | undefined | readonly Part[];

/**
 * Markup from a template; every value is escaped unless it is markup already.
 *
 * @example html`<td title="${name}">${name}</td>`
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: strings.map((text, i) => text + (i < parts.length ? render(parts[i]) : "")).join("") };
}

/** Vouches for markup that holds no unescaped data: our own style sheet, serialised SVG. */
export const trusted = (markup: string): Html => ({ markup });

/**
 * Text made safe between tags and inside quoted attributes. Characters that HTML cannot hold (controls, lone
 * surrogates) become U+FFFD.
 */
export function escapeHtml(text: string): string {
  return printable(text).replaceAll(/[&<>"'`]/g, (character) => ENTITIES[character] ?? character);
}

/** Text without control characters and lone surrogates; tabs and line ends stay. */
export function printable(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[\p{Surrogate}\p{Noncharacter_Code_Point}]/gu, "\uFFFD")
    .replaceAll(/(?![\t\n])\p{Cc}/gu, "\uFFFD");
}

/** At most `limit` characters (code points), with an ellipsis in the middle of what is longer. */
export function shorten(text: string, limit: number): string {
  const characters = [...text];
  if (characters.length <= limit) return text;
  const tail = Math.floor((limit - 1) / 3);
  return [...characters.slice(0, limit - 1 - tail), "…", ...characters.slice(characters.length - tail)].join(
    "",
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return escapeHtml(String(part));
  if (isList(part)) return part.map(render).join("");
  return part.markup;
}

const isList = (part: Html | readonly Part[]): part is readonly Part[] => Array.isArray(part);
