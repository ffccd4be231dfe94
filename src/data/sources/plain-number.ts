import { isTooLarge } from "../spellings.js";

const [PLUS, MINUS, POINT, ZERO] = [43, 45, 46, 48] as const;
const EXPONENT = 101 - 32; // E
const EXACT_DIGITS = 15; // whole numbers of so many digits are exact
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`)); // those that are exact

/**
 * Puts the number that begins at an offset into its row, where it has at most 15 digits, no exponent and ends at one of the
 * stops or with the bytes: the common case, read while its end is looked for.
 *
 * Up to 15 digits and powers of ten up to 22 are exact as doubles, so that one product or quotient of them is correctly
 * rounded (W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990).
 *
 * @returns the offset of its end; -1 for any other cell, which `plainNumber` has to read.
 */
export function putNumber(
  bytes: Uint8Array,
  from: number,
  stops: Uint8Array,
  into: Float64Array,
  row: number,
): number {
  const size = bytes.length;
  let at = from;
  const sign = at < size ? bytes[at]! : 0;
  if (sign === MINUS || sign === PLUS) at++;
  const first = at;
  let whole = 0;
  let byte = 0;
  for (; at < size; at++) {
    byte = bytes[at]!;
    if (byte < ZERO || byte > ZERO + 9) break;
    whole = whole * 10 + (byte - ZERO);
  }
  let decimals = 0;
  if (at < size && byte === POINT) {
    const begin = ++at;
    for (; at < size; at++) {
      byte = bytes[at]!;
      if (byte < ZERO || byte > ZERO + 9) break;
      whole = whole * 10 + (byte - ZERO);
    }
    decimals = at - begin;
    if (at - first - 1 > EXACT_DIGITS || at === first + 1) return -1;
  } else {
    const count = at - first;
    if (count === 0 || count > EXACT_DIGITS) return -1;
    if (count > 1 && first === from && bytes[first] === ZERO) return -1; // a code
  }
  if (at < size && stops[byte] === 0) return -1;
  const value = decimals === 0 ? whole : whole / POWERS[decimals]!;
  into[row] = sign === MINUS ? -value : value;
  return at;
}

/** The number that ASCII bytes are, NaN where they are no plain number; as `isNumber`, `hasLeadingZero` and `isTooLarge` have it. */
export function plainNumber(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  const sign = bytes[at];
  if (sign === MINUS || sign === PLUS) at++;
  const first = at;
  let [whole, digits] = [0, 0];
  for (; at < to; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
    if (whole !== 0) digits++;
  }
  let count = at - first;
  if (at === to && count > 1 && first === from && bytes[first] === ZERO) return Number.NaN; // a code
  let power = 0;
  if (at < to && bytes[at] === POINT) {
    const point = at++;
    for (; at < to; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      whole = whole * 10 + digit;
      if (whole !== 0) digits++;
    }
    power = point + 1 - at;
    count -= power;
  }
  if (count === 0) return Number.NaN;
  if (at < to) {
    if ((bytes[at]! & ~32) !== EXPONENT) return Number.NaN;
    at++;
    const minus = bytes[at] === MINUS;
    if (at < to && (minus || bytes[at] === PLUS)) at++;
    const begin = at;
    let exponent = 0;
    for (; at < to; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) return Number.NaN;
      exponent = exponent * 10 + digit;
    }
    if (at === begin) return Number.NaN;
    power += minus ? -exponent : exponent;
  }
  let value: number;
  if (digits <= EXACT_DIGITS && power >= -22 && power <= 22) {
    value = power < 0 ? whole / POWERS[-power]! : whole * POWERS[power]!;
    if (sign === MINUS) value = -value;
  } else value = Number(asciiText(bytes, from, to));
  return isTooLarge(value) ? Number.NaN : value;
}

function asciiText(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}
