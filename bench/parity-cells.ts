import type { ColumnReading, MissingSpellings } from "../src/data/index.js";
import { missingIn } from "../src/data/missing.js";
import { type Cells, dateAs, withGroups } from "./parity-sets.js";

/** An input of a model, as its card has it. */
export interface CardInput {
  readonly name: string;
  readonly type: string;
  readonly coding?: string;
  readonly codes?: boolean;
  readonly order?: readonly string[];
}

/** What of a model's card says how cells are read. */
export interface CardParts {
  readonly inputs: readonly CardInput[];
  readonly readings?: Readonly<Record<string, ColumnReading>>;
  readonly missing: MissingSpellings;
  readonly parts?: readonly { readonly by: string }[];
}

/** The type of an input and its encoder, in words. */
export function typeOf({ name, type, coding, codes, order }: CardInput, { readings }: CardParts): string {
  if (type === "category") return `category of ${codes ? "numbers" : "words"}, ${coding ?? "one-hot"}`;
  if (type === "ordinal") return `ordinal of ${order ? "words" : "numbers"}`;
  return readings !== undefined && Object.hasOwn(readings, name) ? `${type}, read` : type;
}

const NUMBERS = [
  ..."|1e30|-1e30|-0|1e-30|  12  |?|0.1|-0.0|1e38|-3.4e38|1e-45|1e-400|+5|.5|7.|1E3|NaN|n/a|\u00a03\ufeff".split(
    "|",
  ),
  "16777217", // not a float32
  "0.30000000000000004",
];
const CODES = "|99999999|7.0|-5|1e3|  1  |NA|123456789|-0|9007199254740993|1.5|0".split("|");
const BOOLEANS = "|TRUE|false| t |?|F|None|True".split("|");
const WORDS = [
  "",
  "never seen",
  "Zürich 😀 日本語 👩‍👩‍👧",
  "w1 w2, ".repeat(430), // 3010 signs
  "😀".repeat(1500),
  'with "quotes", and\nlines\r\nof two kinds',
  "  blanks  ",
  "\u00a0\ufeffother blanks\u3000",
  "\u0085kept\u0085",
  "?",
  ".",
  "-0",
  "NA",
  "Zu\u0308rich", // the same letters in another form
  "İSTANBUL straße ŞIŞLİ ΣΊΣΥΦΟΣ",
  "مرحبا بالعالم",
  "\u{1d518}\u{1d52b}",
  "tab\there",
  "__proto__",
  "NUL\0in it",
];
const ISO = [
  "",
  "2024-02-29",
  "1850-02-28",
  "2400-02-29T23:59:59Z",
  "2021-05-06T12:30:00",
  "  2011-06-01  ",
  "?",
  "1999-12-31 23:59:59.999",
  "0001-01-01",
  "9999-12-31T23:59:59.5Z",
  "2024-03-10T02:30:00+05:30",
  "2000-01-01 00:00-0800",
  "15000.25",
  "-3",
  "1970-01-01",
];

/** Cells nobody prepared for an input; none for one whose real values are enough. */
function oddCells(input: CardInput, card: CardParts, real: readonly string[]): string[] {
  const reading = Object.hasOwn(card.readings ?? {}, input.name) ? card.readings![input.name]! : {};
  const listed = [...missingIn(card.missing, input.name)];
  return [...cellsOf(input, reading, real), ...listed, ...listed.map((text) => ` ${text} `)];
}

function cellsOf(
  { type, codes, order }: CardInput,
  { dates, numbers }: ColumnReading,
  real: readonly string[],
): string[] {
  if (type === "boolean") return BOOLEANS;
  if (type === "date") return dates === undefined ? ISO : datesAs(dates);
  if (codes) return CODES;
  if (type === "text" || type === "category" || order) {
    const [one = "", other = one] = real.filter((text) => text !== "");
    const long = `${one} ${other} `.repeat(3000).slice(0, 3000);
    return [
      ...WORDS,
      long,
      one.toUpperCase(),
      one.toLowerCase(),
      ` ${one}\t`,
      `${one}\u200b`,
      `${one}\0`,
      `${one}\0more`,
    ];
  }
  return numbers === undefined ? NUMBERS : numbersAs(numbers);
}

function numbersAs({ decimal, group, unit }: NonNullable<ColumnReading["numbers"]>): string[] {
  const point = (text: string): string => text.replace(".", decimal);
  const plain = ["", "1e30", "-1e30", "-0", "1e-30", "  12  ", "?", "0.1", "n/a", "1.5e-3", "+5"].map(point);
  const amounts = ["12 %", "$3", "7 €", "-$2", "($4)", "88%"].filter((text) => text.includes(unit ?? ""));
  const signs = ["(5)", "\u22127", ...amounts];
  const thousands =
    group === undefined ? [] : [`${withGroups("1234567", group)}${decimal}25`, withGroups("-12345", group)];
  return [...plain, ...signs, ...thousands];
}

function datesAs(form: string): string[] {
  if (form === "time") return ["", "00:00", "23:59:59.999", " 2:05 pm ", "12:00 a.m.", "?", "7:30", "NA"];
  const own = [
    dateAs(form, 2024, 2, 29),
    `${dateAs(form, 1850, 2, 28)} 13:45`,
    `${dateAs(form, 2031, 12, 31)} 11:59:59.5 PM`,
    `  ${dateAs(form, 1999, 1, 1)}  `,
    `${dateAs(form, 2020, 10, 9)}, 08:00 +02:00`,
    dateAs(form, 9999, 5, 6).toUpperCase(),
    dateAs(form, 1000, 8, 7).toLowerCase(),
  ];
  return [...ISO, ...own];
}

/**
 * Raw rows nobody prepared: rows in which every cell is awkward, then one awkward cell at a time in a real row, then a row
 * of nothing.
 */
export function awkwardRows(card: CardParts, real: readonly Cells[]): Cells[] {
  const { inputs } = card;
  const odd = inputs.map((input) =>
    oddCells(
      input,
      card,
      real.map((row) => row[input.name] ?? ""),
    ),
  );
  const most = Math.max(...odd.map((cells) => cells.length));
  const everywhere = Array.from({ length: most }, (_, k) => ({
    ...real[k % real.length]!,
    ...Object.fromEntries(inputs.map(({ name }, i) => [name, odd[i]![k % odd[i]!.length]!])),
  }));
  const stride = Math.ceil(inputs.length / 40); // of hundreds of inputs some are enough
  const single = inputs.flatMap(({ name }, i) =>
    i % stride > 0 ? [] : odd[i]!.map((cell, k) => ({ ...real[(i + k) % real.length]!, [name]: cell })),
  );
  const tasks = (card.parts ?? []).flatMap(({ by }) =>
    ["", "never seen", "?", "99999", " 1 ", "1.0"].map((cell) => ({ ...real[0]!, [by]: cell })),
  );
  const nothing = Object.fromEntries(inputs.map(({ name }) => [name, ""]));
  return [...everywhere, ...single, ...tasks, { ...real[0]!, ...nothing }];
}
