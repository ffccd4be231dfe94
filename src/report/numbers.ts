const MINUS = "\u2212";
const ABSENT = "–";
const PERCENT = "\u00A0%"; // no line ends between a number and its unit

/** A value for people: about four significant digits, thousands apart, a real minus sign; a dash for what is undefined. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return ABSENT;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return minus(value.toExponential(2));
  const decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
  return minus(group(dropZeros(value.toFixed(decimals))));
}

/** A whole number with its thousands apart. */
export function formatCount(value: number): string {
  return Number.isFinite(value) ? minus(group(String(Math.round(value)))) : ABSENT;
}

/** A value with its sign always written; zero has none. */
export function formatSigned(value: number | null | undefined): string {
  const text = formatNumber(value);
  return value !== null && value !== undefined && value > 0 && text !== "0" && text !== ABSENT
    ? `+${text}`
    : text;
}

/** A signed percentage with one decimal: "+3.1 %". */
export function formatPercent(percent: number): string {
  if (!Number.isFinite(percent)) return ABSENT;
  const text = group(Math.abs(percent).toFixed(1));
  if (text === "0.0") return `0.0${PERCENT}`;
  return `${percent > 0 ? "+" : MINUS}${text}${PERCENT}`;
}

/** A share of one as a whole percentage: "45 %"; what is not quite nothing or all is said so. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return ABSENT;
  if (share > 0 && share < 0.005) return `<1${PERCENT}`;
  if (share < 1 && share >= 0.995) return `>99${PERCENT}`;
  return `${Math.round(share * 100)}${PERCENT}`;
}

/** Seconds as a person says them: "3.2 s", "4 min 10 s". */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return ABSENT;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

const minus = (text: string): string => (/^-0(\.0*)?$/.test(text) ? text.slice(1) : text.replace("-", MINUS));

const dropZeros = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

/** Thousands apart by a narrow no-break space, from five digits on. */
function group(text: string): string {
  const [whole = "", fraction] = text.split(".");
  const digits = whole.replace("-", "");
  const grouped = digits.length < 5 ? whole : whole.replaceAll(/\B(?=(\d{3})+$)/g, "\u202F");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
