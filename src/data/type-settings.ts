import type { TypeSetting } from "./table.js";

/** The types a user set, by column name or by a pattern in which `*` stands for any letters. */
export type TypeSettings = Readonly<Record<string, TypeSetting>>;

/** What is set for a column: by its own name, else by the last pattern that fits it. */
export function settingFor(name: string, types: TypeSettings): TypeSetting | undefined {
  if (Object.hasOwn(types, name)) return types[name];
  const pattern = Object.keys(types).findLast((key) => fits(key, name));
  return pattern === undefined ? undefined : types[pattern];
}

/** The first name or pattern that no column has. */
export const unmatchedSetting = (names: readonly string[], types: TypeSettings): string | undefined =>
  Object.keys(types).find((key) => !names.some((name) => name === key || fits(key, name)));

/** Whether a pattern with `*` fits the whole of a name; without `*` nothing fits but the name itself. */
function fits(pattern: string, name: string): boolean {
  if (!pattern.includes("*")) return false;
  const [first, ...rest] = pattern.split("*");
  const last = rest.pop()!;
  if (!name.startsWith(first!) || !name.endsWith(last) || name.length < first!.length + last.length)
    return false;
  let at = first!.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > name.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
