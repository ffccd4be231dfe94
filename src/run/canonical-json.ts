/**
 * JSON as Kindred writes it: two spaces, keys in the order given, NaN and infinities as null, one newline at the end.
 * Equal values give equal bytes.
 *
 * Arrays of plain numbers stay on one line, so that a matrix reads as a matrix.
 *
 * @param value anything JSON can hold; typed arrays are written as arrays, members that are undefined are left out.
 */
export function canonicalJson(value: unknown): string {
  return `${write(value, "")}\n`;
}

function write(value: unknown, indent: string): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "number") return Number.isFinite(value) ? JSON.stringify(value) : "null";
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object") return JSON.stringify(value) ?? "null";
  if ("toJSON" in value && typeof value.toJSON === "function") return write(value.toJSON(), indent);
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return writeList([...(value as Iterable<unknown>)], indent);
  return writeRecord(value, indent);
}

function writeList(items: readonly unknown[], indent: string): string {
  if (items.length === 0) return "[]";
  const inner = `${indent}  `;
  const parts = items.map((item) => write(item, inner));
  if (items.every((item) => item === null || typeof item !== "object")) return `[${parts.join(", ")}]`;
  return `[\n${parts.map((part) => inner + part).join(",\n")}\n${indent}]`;
}

function writeRecord(value: object, indent: string): string {
  const entries = Object.entries(value).filter(
    ([, member]) => member !== undefined && typeof member !== "function",
  );
  if (entries.length === 0) return "{}";
  const inner = `${indent}  `;
  const lines = entries.map(([key, member]) => `${inner}${JSON.stringify(key)}: ${write(member, inner)}`);
  return `{\n${lines.join(",\n")}\n${indent}}`;
}
