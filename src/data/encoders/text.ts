import { WORD_PATTERN } from "../../graph/ops/word-counts.js";
import { type CleaningNote, counted, dropped } from "../cleaning.js";
import type { StringColumn } from "../table.js";

/**
 * How short text becomes features: counts of words, as 1 + log of the count, times the inverse document frequency, over
 * the length of the whole vector.
 *
 * @see Salton & Buckley 1988, "Term-weighting approaches in automatic text retrieval".
 */
export interface TextInput {
  readonly name: string;
  readonly type: "text";
  /** Words as texts write them: all spellings of a term, in upper and lower case, are words of their own. */
  readonly words: readonly string[];
  /** The term that each word is. */
  readonly terms: readonly number[];
  /** Inverse document frequency of each term. */
  readonly weights: readonly number[];
  /** Length of the vector of a text that has a known word. */
  readonly scale: number;
}

/** Features of a text: one for each term. */
export const textWidth = ({ weights }: TextInput): number => weights.length;

const LEAST_ROWS = 2; // training rows in which a term must occur
const SCALE = 4;
const NAMED = 4;

/**
 * Chooses the terms of a text column: those in most training rows.
 *
 * Case does not count: a term's words are its spellings in training rows, in lower case, upper case and with a capital.
 * Departures: weights are log((1 + n) / (1 + nₜ)) + 1, as in scikit-learn, so that a term of every text still counts.
 *
 * @param most terms.
 */
export function fitText(
  { name, strings }: StringColumn,
  rows: Int32Array,
  most: number,
  notes: CleaningNote[],
): TextInput | undefined {
  const pattern = new RegExp(WORD_PATTERN, "gu");
  const documents = new Map<string, number>();
  const spellings = new Map<string, Set<string>>();
  for (const row of rows) {
    const found = new Set<string>();
    for (const [word] of (strings[row] ?? "").matchAll(pattern)) {
      const term = termOf(word);
      found.add(term);
      const known = spellings.get(term);
      if (known) known.add(word);
      else spellings.set(term, new Set([word]));
    }
    for (const term of found) documents.set(term, (documents.get(term) ?? 0) + 1);
  }
  const ranked = [...documents].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const usable = ranked.filter(([, count]) => count >= LEAST_ROWS && count < rows.length);
  const chosen = usable.slice(0, most);
  if (chosen.length === 0)
    return dropped(notes, name, `no word that some of the training rows share, and others do not`);
  const cut = usable.length > most ? `, of ${usable.length.toLocaleString("en-US")} that two rows share` : "";
  const first = chosen.slice(0, NAMED).map(([term]) => `"${term}"`);
  const detail = `text as the weights of ${counted(chosen.length, "word")}${cut}: ${first.join(", ")}, …`;
  notes.push({ column: name, action: "coded", detail });
  const words = new Map<string, number>();
  chosen.forEach(([term], i) => {
    const known = [...spellings.get(term)!, term, term.toUpperCase(), capital(term)];
    for (const word of known) if (!words.has(word) && termOf(word) === term) words.set(word, i);
  });
  return {
    name,
    type: "text",
    words: [...words.keys()],
    terms: [...words.values()],
    weights: chosen.map(([, count]) => Math.log((1 + rows.length) / (1 + count)) + 1),
    scale: SCALE,
  };
}

const termOf = (word: string): string => word.normalize("NFKC").toLowerCase();

function capital(term: string): string {
  const [first = "", ...rest] = term;
  return first.toUpperCase() + rest.join("");
}
