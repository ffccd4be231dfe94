import * as fc from "fast-check";
import { tableFromRows } from "../../src/data/index.js";
import { AWKWARD, columnName } from "./cells.js";
import { type FuzzTarget, holds, outcomeOf } from "./target.js";

/** Values that objects may hold, by a name that says in a file what they were. */
const VALUES: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  undefined: () => undefined,
  nan: () => Number.NaN,
  infinity: () => Infinity,
  "minus zero": () => -0,
  one: () => 1,
  large: () => 1e300,
  bigint: () => 2n ** 200n,
  true: () => true,
  date: () => new Date(0),
  "no date": () => new Date(Number.NaN),
  symbol: () => Symbol("x"),
  function: () => () => 1,
  object: () => ({ a: 1 }),
  array: () => [1, 2],
  cycle: () => {
    const one: Record<string, unknown> = {};
    one["self"] = one;
    return one;
  },
  boxed: () => new String("x"),
  "throwing text": () => ({
    toString: () => {
      throw new Error("toString");
    },
  }),
  "date with a lie": () => Object.assign(new Date(0), { getTime: () => "x", toISOString: () => 7 }),
  "date with a trap": () =>
    Object.assign(new Date(0), {
      getTime: () => {
        throw new Error("getTime");
      },
    }),
  revoked: () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  map: () => new Map([[1, 2]]),
  buffer: () => new Uint8Array(3),
};

type RowForm =
  | "plain"
  | "bare"
  | "getter"
  | "trap keys"
  | "trap get"
  | "revoked"
  | "inherited"
  | "frozen"
  | "value"
  | "array";

interface RowsInput {
  readonly rows: readonly {
    readonly form: RowForm;
    readonly fields: readonly (readonly [string, string])[];
  }[];
}

const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...AWKWARD).map((text) => `text ${text}`) },
  { weight: 6, arbitrary: fc.constantFrom("one", "true", "null", "date", "nan", "undefined") },
  { weight: 1, arbitrary: fc.constantFrom(...Object.keys(VALUES)) },
);

const inputs: fc.Arbitrary<RowsInput> = fc.record({
  rows: fc.array(
    fc.record({
      form: fc.oneof(
        { weight: 30, arbitrary: fc.constant<RowForm>("plain") },
        { weight: 2, arbitrary: fc.constantFrom<RowForm>("bare", "inherited", "frozen") },
        {
          weight: 1,
          arbitrary: fc.constantFrom<RowForm>("getter", "trap keys", "trap get", "revoked", "value", "array"),
        },
      ),
      fields: fc.array(fc.tuple(columnName, value), { maxLength: 5 }),
    }),
    { maxLength: 12 },
  ),
});

/** Objects as rows, with everything an object can do. */
export const rowsTarget = async (): Promise<FuzzTarget> =>
  ({
    name: "rows",
    inputs,
    save: (input) => JSON.stringify(input, undefined, 1),
    run: (input) =>
      outcomeOf(
        () => tableFromRows(input.rows.map(rowOf) as never),
        (table) => {
          holds(table.rows === input.rows.length, () => `${table.rows} rows of ${input.rows.length}`);
          holds(Object.keys(Object.prototype).length === 0, () => "Object.prototype was written to");
        },
      ),
  }) satisfies FuzzTarget<RowsInput>;

function rowOf({ form, fields }: RowsInput["rows"][number]): unknown {
  const row: object = form === "bare" ? (Object.create(null) as object) : {};
  for (const [name, what] of fields) {
    const value = what.startsWith("text ") ? what.slice(5) : VALUES[what]!();
    Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true });
  }
  const refuse = (): never => {
    throw new TypeError("a trap");
  };
  switch (form) {
    case "getter":
      return Object.defineProperty(row, "a", { get: refuse, enumerable: true });
    case "trap keys":
      return new Proxy(row, { ownKeys: refuse });
    case "trap get":
      return new Proxy(row, { get: refuse });
    case "revoked":
      return VALUES["revoked"]!();
    case "inherited":
      return Object.create(row);
    case "frozen":
      return Object.freeze(row);
    case "value":
      return VALUES[fields[0]?.[1] ?? "null"]?.() ?? 3;
    case "array":
      return [row];
    default:
      return row;
  }
}
