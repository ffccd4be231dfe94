const LEAST = 1024; // slots of the smallest table

/** The numbers that are not NaN, in order. */
export function presentNumbers(numbers: Float64Array): Float64Array {
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
