/** One value on one line, in YAML's flow form: `[a, "b c"]`. */
export function flowYaml(value: unknown): string {
  if (typeof value === "string") return scalarYaml(value);
  if (Array.isArray(value)) return `[${value.map(flowYaml).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const pairs = Object.entries(value).map(([key, one]) => `${scalarYaml(key)}: ${flowYaml(one)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

/** A text as a plain or quoted scalar on one line. */
export function scalarYaml(text: string): string {
  const plain =
    /^[\p{L}_][\p{L}\p{N}_./ -]*$/u.test(text) &&
    !text.endsWith(" ") &&
    !/^(null|true|false|yes|no|on|off|y|n)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}
