/** What `NAME=NUMBER` says, cut at the first equals sign; undefined for anything else. */
export function nameNumber(text: string): readonly [name: string, value: number] | undefined {
  const cut = text.indexOf("=");
  const value = text.slice(cut + 1);
  const number = value.trim() === "" ? Number.NaN : Number(value);
  return cut > 0 && Number.isFinite(number) ? [text.slice(0, cut).trim(), number] : undefined;
}
