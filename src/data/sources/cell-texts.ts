const INTERNED = 5000; // distinct cells after which a column is no category and sharing its cells saves little
const TRIED = 4 * INTERNED; // cells after which a column whose cells are rarely shared is told
const SLOTS = 64; // of the smallest table
const QUOTE = 34;

/**
 * Makes the texts of one column's cells from their bytes: one string for equal cells, of up to 5000 distinct ones. A cell that
 * was seen before is told by its bytes (hashed by FNV-1a), and no string is made of it.
 */
export class CellTexts {
  readonly #bytes: Buffer;
  readonly #texts: string[] = [];
  readonly #begins: number[] = [];
  readonly #sizes: number[] = [];
  readonly #hashes: number[] = [];
  #slots = new Int32Array(SLOTS); // 1 + place of a text; 0 is an empty slot
  #seen = 0;
  #shared = 0;

  /** @param bytes UTF-8 that is known to be sound. */
  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The text of a cell without its quotes, null for an empty one. */
  text(from: number, to: number, quoted: boolean): string | null {
    if (from === to) return null;
    const bytes = this.#bytes;
    let hash = 0x811c9dc5 | 0;
    let all = 0;
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE && quoted) return bytes.toString("utf8", from, to).replaceAll('""', '"');
      all |= byte;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    const encoding = all < 128 ? "latin1" : "utf8";
    if (this.#seen > TRIED && this.#shared * 2 < this.#seen) return bytes.toString(encoding, from, to);
    this.#seen++;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (let place = slots[slot]!; place !== 0; place = slots[slot]!) {
      if (this.#isAt(place - 1, from, to)) {
        this.#shared++;
        return this.#texts[place - 1]!;
      }
      slot = (slot + 1) & mask;
    }
    const text = bytes.toString(encoding, from, to);
    if (this.#texts.length < INTERNED) {
      this.#begins.push(from);
      this.#sizes.push(to - from);
      this.#hashes.push(hash);
      slots[slot] = this.#texts.push(text);
      if (this.#texts.length * 2 > slots.length) this.#grow();
    }
    return text;
  }

  #isAt(place: number, from: number, to: number): boolean {
    if (this.#sizes[place] !== to - from) return false;
    const bytes = this.#bytes;
    const begin = this.#begins[place]! - from;
    for (let at = from; at < to; at++) if (bytes[begin + at] !== bytes[at]) return false;
    return true;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 4);
    const mask = slots.length - 1;
    for (const [place, hash] of this.#hashes.entries()) {
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = place + 1;
    }
    this.#slots = slots;
  }
}
