const [PLUS, MINUS, POINT, ZERO] = [43, 45, 46, 48] as const;
const EXPONENT = 101; // e
const FULL = 1e14; // a whole number from here on takes no further digit: with 15 it is exact, and so is its product with 10
const MOST_LOW = 7; // digits beyond those, as a number of their own
const LARGEST = 3.4e38; // within single precision
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`)); // those that are exact
const SPLIT = 2 ** 27 + 1;
const DOUBT = 2 ** -50;

/**
 * Puts the number that begins at an offset into its row, where it is a plain number of at most 22 digits that ends at one of the stops
 * or at the limit, and is no code with a leading zero: nearly every number, read while its end is looked for.
 *
 * It is the double nearest to what is written. Up to 15 digits and powers of ten up to 22 are exact as doubles, so that one product or
 * quotient of them is correctly rounded (W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990). More digits
 * are computed in pairs of doubles (T. J. Dekker, "A floating-point technique for extending the available precision", 1971), and
 * are left where the error of that could change the rounding.
 *
 * @returns the offset of its end; -1 for any other cell.
 */
export function putNumber(
  bytes: Uint8Array,
  from: number,
  limit: number,
  stops: Uint8Array,
  into: Float64Array,
  row: number,
): number {
  let at = from;
  const sign = at < limit ? bytes[at]! : 0;
  if (sign === MINUS || sign === PLUS) at++;
  const first = at;
  let whole = 0;
  let low = 0;
  let lows = 0;
  let power = 0;
  let byte = 0;
  for (; at < limit; at++) {
    byte = bytes[at]!;
    if (byte < ZERO || byte > ZERO + 9) break;
    if (whole < FULL) whole = whole * 10 + (byte - ZERO);
    else {
      low = low * 10 + (byte - ZERO);
      if (++lows > MOST_LOW) return -1;
    }
  }
  let count = at - first;
  if (at < limit && byte === POINT) {
    const begin = ++at;
    for (; at < limit; at++) {
      byte = bytes[at]!;
      if (byte < ZERO || byte > ZERO + 9) break;
      if (whole < FULL) whole = whole * 10 + (byte - ZERO);
      else {
        low = low * 10 + (byte - ZERO);
        if (++lows > MOST_LOW) return -1;
      }
    }
    power = begin - at;
    count -= power;
  } else if (count > 1 && bytes[first] === ZERO && first === from && (at === limit || stops[byte] === 1)) {
    return -1; // a code
  }
  if (count === 0) return -1;
  if (at < limit && (byte | 32) === EXPONENT) {
    byte = ++at < limit ? bytes[at]! : 0;
    const minus = byte === MINUS;
    if (minus || byte === PLUS) at++;
    const begin = at;
    let exponent = 0;
    for (; at < limit; at++) {
      byte = bytes[at]!;
      if (byte < ZERO || byte > ZERO + 9) break;
      exponent = exponent * 10 + (byte - ZERO);
    }
    if (at === begin || at > begin + 3) return -1;
    power += minus ? -exponent : exponent;
  }
  if (at < limit && stops[byte] === 0) return -1;
  if (power < -22 || power > 22) return -1;
  if (lows > 0) return putLong(whole, low, lows, power, sign === MINUS, into, row) ? at : -1;
  const value = power < 0 ? whole / POWERS[-power]! : whole * POWERS[power]!;
  if (value > LARGEST) return -1;
  into[row] = sign === MINUS ? -value : value;
  return at;
}

/** Puts (whole 10^lows + low) 10^power, correctly rounded, into a row; not where the rounding is in doubt. */
function putLong(
  whole: number,
  low: number,
  lows: number,
  power: number,
  isNegative: boolean,
  into: Float64Array,
  row: number,
): boolean {
  const shift = POWERS[lows]!;
  const product = whole * shift;
  const rest = errorOf(whole, shift, product) + low; // both whole and small: exact
  const high = product + rest;
  const tail = rest - (high - product); // high + tail is all that is written
  const scale = POWERS[Math.abs(power)]!;
  let value = high;
  let more = tail;
  let doubt = 0;
  if (power > 0) {
    value = high * scale;
    const error = errorOf(high, scale, value);
    more = error + tail * scale;
    doubt = (Math.abs(error) + Math.abs(tail * scale)) * DOUBT;
  } else if (power < 0) {
    value = high / scale;
    const back = value * scale;
    more = (high - back - errorOf(value, scale, back) + tail) / scale;
    doubt = Math.abs(more) * DOUBT;
  }
  const rounded = value + (more - doubt);
  if (rounded !== value + (more + doubt) || rounded > LARGEST) return false;
  into[row] = isNegative ? -rounded : rounded;
  return true;
}

/** What a product of two doubles is beside its rounded value, exactly. */
function errorOf(a: number, b: number, product: number): number {
  const scaledA = SPLIT * a;
  const highA = scaledA - (scaledA - a);
  const lowA = a - highA;
  const scaledB = SPLIT * b;
  const highB = scaledB - (scaledB - b);
  const lowB = b - highB;
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}
