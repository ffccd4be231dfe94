import * as fc from "fast-check";

/** One change of a JSON value: which of its inner values, counted in order of writing, and what stands there afterwards. */
export interface JsonChange {
  readonly at: number;
  /** JSON of the new value; absent where the old one is taken away. */
  readonly value?: string;
}

/** A change that takes a value away or puts one of another kind, or another size, in its place. */
export const jsonChange: fc.Arbitrary<JsonChange> = fc.record(
  {
    at: fc.nat({ max: 5000 }),
    value: fc.constantFrom(
      "null", "true", "0", "-1", "1.5", "1e300", "9007199254740993", '""', '"x"', '"__proto__"', '"a\\nb"', "[]", "{}", "[null]",
      '[{"name":"x"}]', '{"__proto__":{"x":1}}', '{"format":2}', '"../../etc/passwd"', '"\\u0000"', "[[[[[[[[1]]]]]]]]",
    ), // prettier-ignore
  },
  { requiredKeys: ["at"] },
);

/** A copy of a plain value with the changes made, one after another. */
export function withChanges(value: unknown, changes: readonly JsonChange[]): unknown {
  return changes.reduce<unknown>((before, change) => withChange(before, change), value);
}

function withChange(value: unknown, { at, value: text }: JsonChange): unknown {
  const copy: unknown = structuredClone(value);
  const places: (readonly [holder: object, key: string])[] = [];
  const visit = (one: unknown): void => {
    if (typeof one !== "object" || one === null) return;
    for (const [key, inner] of Object.entries(one)) {
      places.push([one, key]);
      visit(inner);
    }
  };
  visit(copy);
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return text === undefined ? {} : (JSON.parse(text) as unknown);
  const [holder, key] = place;
  if (text !== undefined)
    Object.defineProperty(holder, key, {
      value: JSON.parse(text),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete (holder as Record<string, unknown>)[key];
  return copy;
}
