/** How the numbers of a column are written. */
export interface NumberForm {
  readonly decimal: "." | ",";
  /** Stands between thousands; a blank is any of the blanks used for that, an apostrophe either of two. */
  readonly group?: "," | "." | " " | "'";
}

/** A number as written, taken apart. */
interface Parts {
  /** Digits with their marks, and the exponent. */
  readonly body: string;
  readonly negative: boolean;
  readonly bracketed: boolean;
  readonly percent: boolean;
  /** The sign of the currency, or empty. */
  readonly currency: string;
}

const BODY = "\\d[\\d.,' ]*(?:[eE][+-]?\\d+)?|[.,]\\d+(?:[eE][+-]?\\d+)?";
const CURRENCY = "[$€£¥₹]";
const SIGNED = new RegExp(`^([+-]?)\\s?(${CURRENCY}?)\\s?([+-]?)(${BODY})\\s?(%|${CURRENCY}|)$`);
const BRACKETED = new RegExp(`^(${CURRENCY}?)\\s?\\((${CURRENCY}?)\\s?(${BODY})\\s?(%|${CURRENCY}|)\\)$`);
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
 * amount, a percent sign and a sign of currency, both without effect on the value: `12 %` is 12.
 *
 * @returns undefined for anything else.
 */
export function numberIn(text: string, form: NumberForm): number | undefined {
  const parts = partsOf(text);
  return parts && valueOf(parts, form);
}

/** What can be said of all values of a column. */
export interface ColumnForms {
  /** Forms that read every value, in order of preference. */
  readonly forms: readonly NumberForm[];
  readonly percent: boolean;
  readonly currency: string;
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
  const marked = { percent: 0, currency: 0, bracketed: 0, longMinus: 0, zero: 0, all: 0 };
  const currencies = new Set<string>();
  for (const text of texts) {
    const parts = partsOf(text);
    if (parts === undefined || CODE.test(parts.body)) return undefined;
    forms = forms.filter((form) => valueOf(parts, form) !== undefined);
    if (forms.length === 0) return undefined;
    const bare = !parts.percent && parts.currency === "";
    marked.all++;
    if (bare && valueOf(parts, forms[0]!) === 0) marked.zero++;
    if (parts.percent) marked.percent++;
    if (parts.currency !== "") {
      marked.currency++;
      currencies.add(parts.currency);
    }
    if (parts.bracketed) marked.bracketed++;
    if (text.includes("\u2212")) marked.longMinus++;
  }
  const agree = (count: number): boolean => count === 0 || count + marked.zero === marked.all;
  if (!agree(marked.percent) || !agree(marked.currency) || currencies.size > 1) return undefined;
  if (marked.all === 0 || marked.bracketed === marked.all) return undefined;
  return {
    forms,
    percent: marked.percent > 0,
    currency: [...currencies][0] ?? "",
    bracketed: marked.bracketed > 0,
    longMinus: marked.longMinus > 0,
  };
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
  const percent = after === "%";
  return { body: body.trim(), percent, currency: before || (percent ? "" : after), ...rest };
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
