import { distance } from "fastest-levenshtein";

/** The candidates nearest to a misspelt word, best first: at most `limit`, none that shares too little with it. */
export function nearest(word: string, candidates: readonly string[], limit = 3): string[] {
  const wanted = word.toLowerCase();
  return candidates
    .map((name) => ({ name, cost: distance(wanted, name.toLowerCase()) }))
    .filter(({ name, cost }) => cost <= Math.max(2, Math.ceil(Math.max(name.length, word.length) / 2)))
    .sort((a, b) => a.cost - b.cost || a.name.localeCompare(b.name))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** "Did you mean a, b or c?", or undefined when nothing is near. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  const names = nearest(word, candidates).map((name) => `"${name}"`);
  if (names.length === 0) return undefined;
  const last = names.pop()!;
  return `Did you mean ${names.length > 0 ? `${names.join(", ")} or ${last}` : last}?`;
}
