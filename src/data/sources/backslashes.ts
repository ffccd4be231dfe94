const QUOTE = 34;
const BACKSLASH = 92;
const SPACE = 32;
const RETURN = 13;
const FEED = 10;

/** True where a backslash stands before a quote. */
export function hasEscapedQuote(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(BACKSLASH); at >= 0; at = bytes.indexOf(BACKSLASH, at + 1)) {
    if (bytes[at + 1] === QUOTE) return true;
  }
  return false;
}

/**
 * Text whose quoted cells write a quote as `\"` and a backslash as `\\`, as MySQL and others do, in the form of RFC 4180: a
 * quote is written twice. Other backslashes, and those outside quoted cells, stay.
 *
 * @param delimiter one ASCII character.
 */
export function withDoubledQuotes(bytes: Uint8Array, delimiter: string): Uint8Array {
  const separator = delimiter.charCodeAt(0);
  const written = new Uint8Array(bytes.length);
  let [to, quoted, first] = [0, false, true];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    const next = bytes[at + 1];
    if (quoted && byte === BACKSLASH && (next === QUOTE || next === BACKSLASH)) {
      if (next === QUOTE) written[to++] = QUOTE;
      written[to++] = next;
      at++;
      continue;
    }
    if (byte === QUOTE && quoted) quoted = false;
    else if (byte === QUOTE && first) quoted = true;
    const opens = byte === separator || byte === FEED || byte === RETURN;
    first =
      !quoted && (opens || (first && byte === SPACE && bytes[at - 1] !== SPACE) || (at < 3 && byte > 0x7f));
    written[to++] = byte;
  }
  return written.subarray(0, to);
}
