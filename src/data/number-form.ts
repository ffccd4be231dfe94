import { CURRENCY, isCurrency } from "./currencies.js";

/** How the numbers of a column are written. */
export interface NumberForm {
  readonly decimal: "." | ",";
  /** Stands between thousands; a blank is any of the blanks used for that, an apostrophe either of two. */
  readonly group?: "," | "." | " " | "'";
  /** The one unit that values may have: `%`, or a currency's sign or code. Any where absent. */
  readonly unit?: string;
}

/** A number as written, taken apart. */
interface Parts {
  /** Digits with their marks, and the exponent. */
  readonly body: string;
  readonly negative: boolean;
  readonly bracketed: boolean;
  /** A percent sign, a currency's sign or code, or empty. */
  readonly unit: string;
}

const BODY = "\\d[\\d.,' ]*(?:[eE][+-]?\\d+)?|[.,]\\d+(?:[eE][+-]?\\d+)?";
const SIGNED = new RegExp(`^([+-]?)\\s?(${CURRENCY}?)\\s?([+-]?)(${BODY})\\s?(%|${CURRENCY}|)$`, "u");
const BRACKETED = new RegExp(
  `^(${CURRENCY}?)\\s?\\((${CURRENCY}?)\\s?(${BODY})\\s?(%|${CURRENCY}|)\\)$`,
  "u",
);
const BLANKS = /[\u00a0\u2007\u2009\u202f]/g; // no-break, figure, thin and narrow no-break space
const CODE = /^0\d/; // digits with a leading zero are a code

/** Every form tried, in order of preference among those that read a column. */
export const NUMBER_FORMS: readonly NumberForm[] = [
  { decimal: "." },
  { decimal: ".", group: "," },
  { decimal: ",", group: "." },
  { decimal: "," },
  { decimal: ".", group: " " },
  { decimal: ",", group: " " },
  { decimal: ".", group: "'" },
  { decimal: ",", group: "'" },
];

const PATTERNS = new Map(NUMBER_FORMS.map((form) => [keyOf(form), patternOf(form)]));

/**
 * The number that a text is in a form. Around the digits it takes a sign (also the minus U+2212), brackets for a negative
 * amount, a percent sign and a sign or code of a currency, both without effect on the value: `12 %` is 12.
 *
 * @returns undefined for anything else, also for another unit than the form's.
 */
export function numberIn(text: string, form: NumberForm): number | undefined {
  const parts = partsOf(text);
  if (parts === undefined || (form.unit !== undefined && parts.unit !== "" && parts.unit !== form.unit))
    return undefined;
  return valueOf(parts, form);
}

/** Whether a value that comes from outside is a form. */
export function isNumberForm(value: Partial<NumberForm>): boolean {
  const isLike = ({ decimal, group }: NumberForm): boolean =>
    decimal === value.decimal && group === value.group;
  const { unit } = value;
  return NUMBER_FORMS.some(isLike) && (unit === undefined || unit === "%" || isCurrency(unit));
}

/** What can be said of all values of a column. */
export interface ColumnForms {
  /** Forms that read every value, in order of preference. */
  readonly forms: readonly NumberForm[];
  /** The unit of all values but zeros; empty where they have none. */
  readonly unit: string;
  readonly bracketed: boolean;
  /** True where signs of minus are not the hyphen. */
  readonly longMinus: boolean;
}

/**
 * The forms in which all values are numbers, none where they do not agree: percent signs in some values (zeros aside) and
 * not in others, several currencies, brackets in every value, or codes with leading zeros.
 */
export function formsOf(texts: Iterable<string>): ColumnForms | undefined {
  let forms = NUMBER_FORMS;
  const marked = { unit: 0, bracketed: 0, longMinus: 0, zero: 0, all: 0 };
  const units = new Set<string>();
  for (const text of texts) {
    const parts = partsOf(text);
    if (parts === undefined || CODE.test(parts.body)) return undefined;
    forms = forms.filter((form) => valueOf(parts, form) !== undefined);
    if (forms.length === 0) return undefined;
    marked.all++;
    if (parts.unit !== "") {
      marked.unit++;
      units.add(parts.unit);
    } else if (valueOf(parts, forms[0]!) === 0) marked.zero++;
    if (parts.bracketed) marked.bracketed++;
    if (text.includes("\u2212")) marked.longMinus++;
  }
  if (units.size > 1 || (marked.unit > 0 && marked.unit + marked.zero !== marked.all)) return undefined;
  if (marked.all === 0 || marked.bracketed === marked.all) return undefined;
  return {
    forms,
    unit: [...units][0] ?? "",
    bracketed: marked.bracketed > 0,
    longMinus: marked.longMinus > 0,
  };
}

/** Values of which each is a number, but in different units: the first of them and the first that has another, none counting as one. */
export function mixedUnits(texts: readonly string[]): readonly [string, string] | undefined {
  const units = new Map<string, string>();
  for (const text of texts) {
    const parts = partsOf(text);
    if (parts === undefined || CODE.test(parts.body)) return undefined;
    const values = NUMBER_FORMS.map((form) => valueOf(parts, form)).filter((value) => value !== undefined);
    if (values.length === 0) return undefined;
    if (parts.unit === "" && values.every((value) => value === 0)) continue; // zeros need no unit
    if (!units.has(parts.unit)) units.set(parts.unit, text);
  }
  const [first, second] = units.values();
  return first === undefined || second === undefined ? undefined : [first, second];
}

function partsOf(text: string): Parts | undefined {
  const plain = text.replaceAll(BLANKS, " ").replaceAll("\u2019", "'").replaceAll("\u2212", "-");
  const match = SIGNED.exec(plain);
  if (match) {
    const [sign, before, inner, body, after] = match.slice(1) as [string, string, string, string, string];
    if ((sign !== "" && inner !== "") || (before !== "" && after !== "")) return undefined;
    return parts(body, before, after, { negative: sign + inner === "-", bracketed: false });
  }
  const [outer, before, body, after] = (BRACKETED.exec(plain)?.slice(1) ?? []) as string[];
  if (body === undefined || [outer, before, after].filter((sign) => sign !== "").length > 1) return undefined;
  return parts(body, outer! + before!, after!, { negative: true, bracketed: true });
}

function parts(
  body: string,
  before: string,
  after: string,
  rest: Pick<Parts, "negative" | "bracketed">,
): Parts {
  return { body: body.trim(), unit: before || after, ...rest };
}

function valueOf({ body, negative }: Parts, form: NumberForm): number | undefined {
  if (!PATTERNS.get(keyOf(form))!.test(body)) return undefined;
  const digits = form.group === undefined ? body : body.replaceAll(form.group, "");
  const value = Number(form.decimal === "," ? digits.replace(",", ".") : digits);
  return negative ? -value : value;
}

function keyOf({ decimal, group }: NumberForm): string {
  return decimal + (group ?? "");
}

function patternOf({ decimal, group }: NumberForm): RegExp {
  const point = decimal === "." ? "\\." : ",";
  const exponent = "(?:[eE][+-]?\\d+)?";
  if (group === undefined) return new RegExp(`^(?:\\d+${point}?\\d*|${point}\\d+)${exponent}$`);
  const mark = group === "." ? "\\." : group;
  const whole = `(?:[1-9]\\d{0,2}(?:${mark}\\d{3})+|\\d+)`;
  return new RegExp(`^(?:${whole}(?:${point}\\d*)?|${point}\\d+)${exponent}$`);
}
