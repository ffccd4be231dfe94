const LEAST = 1024; // slots of the smallest table
const MOST_BITS = 2 ** 25; // of the largest range that has a bit for each number

/** The numbers that are not NaN, in order; the very same where there is none. */
export function presentNumbers(numbers: Float64Array): Float64Array {
  let first = 0;
  while (first < numbers.length && !Number.isNaN(numbers[first]!)) first++;
  if (first === numbers.length) return numbers;
  const present = new Float64Array(numbers.length);
  let count = 0;
  for (let i = 0; i < numbers.length; i++) {
    const x = numbers[i]!;
    if (!Number.isNaN(x)) present[count++] = x;
  }
  return present.subarray(0, count);
}

/** Whether all numbers are whole. */
export function areWhole(numbers: Float64Array): boolean {
  for (let i = 0; i < numbers.length; i++) if (!Number.isInteger(numbers[i])) return false;
  return true;
}

/** What bounds the numbers of a column that are not NaN: of none, the lowest is above the highest. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** How many distinct numbers there are: NaN is left out, -0 is 0. */
export function countDistinct(numbers: Float64Array, bounds: Bounds): number {
  if (numbers.length >= LEAST) {
    const counted = countDecimals(numbers, bounds);
    if (counted !== undefined) return counted;
  }
  return distinctNumbers(numbers).length;
}

/**
 * How many distinct numbers there are among numbers of few decimals in a narrow range, by a bit for each that may be there;
 * undefined for others.
 */
function countDecimals(numbers: Float64Array, { low, high }: Bounds): number | undefined {
  const scale = scaleOf(numbers);
  if (scale === undefined || !((high - low) * scale < MOST_BITS)) return undefined;
  const first = Math.round(low * scale);
  const bits = new Uint32Array(Math.ceil((Math.round(high * scale) - first + 1) / 32));
  let count = 0;
  for (let i = 0; i < numbers.length; i++) {
    const x = numbers[i]!;
    if (Number.isNaN(x)) continue;
    const whole = Math.round(x * scale);
    if (whole / scale !== x) return undefined; // two numbers could have one bit
    const place = whole - first;
    const bit = 1 << (place & 31);
    if ((bits[place >>> 5]! & bit) !== 0) continue;
    bits[place >>> 5]! |= bit;
    count++;
  }
  return count;
}

/** The power of ten that makes whole numbers of the first numbers; undefined for a large one. */
function scaleOf(numbers: Float64Array): number | undefined {
  let scale = 1;
  for (let i = 0; i < LEAST; i++) {
    const x = numbers[i]!;
    if (Number.isNaN(x)) continue;
    while (Math.round(x * scale) / scale !== x) {
      scale *= 10;
      if (scale > 1e6) return undefined;
    }
  }
  return scale;
}

/** Distinct numbers, in no order that means anything: NaN is left out, -0 is 0. */
export function distinctNumbers(numbers: Float64Array): Float64Array {
  let slots = new Float64Array(LEAST).fill(Number.NaN); // open addressing; NaN is an empty slot
  let put = putAll(numbers, slots, { at: 0, count: 0 });
  while (put.at < numbers.length) {
    const larger = new Float64Array(slots.length * 4).fill(Number.NaN);
    const { count } = putAll(slots, larger, { at: 0, count: 0 });
    slots = larger;
    put = putAll(numbers, slots, { at: put.at, count });
  }
  return presentNumbers(slots);
}

/** How many numbers were looked at, and how many a table holds. */
interface Put {
  readonly at: number;
  readonly count: number;
}

const one = new Float64Array(1);
const halves = new Uint32Array(one.buffer);

/** Puts numbers into a table until it is half full. It calls nothing, so that no number is boxed. */
function putAll(numbers: Float64Array, slots: Float64Array, { at, count: before }: Put): Put {
  const mask = slots.length - 1;
  let count = before;
  let i = at;
  for (; i < numbers.length && count * 2 <= slots.length; i++) {
    const x = numbers[i]! + 0;
    if (Number.isNaN(x)) continue;
    one[0] = x;
    let hash = Math.imul(halves[0]! ^ Math.imul(halves[1]!, 0x9e3779b1), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 13)) & mask;
    while (!Number.isNaN(slots[slot]!) && slots[slot] !== x) slot = (slot + 1) & mask;
    if (slots[slot] === x) continue;
    slots[slot] = x;
    count++;
  }
  return { at: i, count };
}
