import type { Random } from "../base/random.js";
import { exchangeRows } from "./splits-exchange.js";
import { type RowLabels, labelRows } from "./splits-strata.js";
import type { Column } from "./table.js";

/**
 * Divides rows so that every part has its share of each stratum of each column.
 *
 * Iterative stratification: of the strata with undivided rows the one with fewest is dealt out row by row, each to the part that
 * still wants most of it, at a tie to the part that wants most rows, then at random.
 *
 * @param sizes rows of each part; whole numbers that sum to the number of rows.
 * @see Sechidis, Tsoumakas & Vlahavas 2011, "On the Stratification of Multi-Label Data", Algorithm 1.
 * Departures: every column gives each row exactly one label, its stratum, missing values being one of their own; a part that is
 * full takes no more rows, so sizes are exact; what the large strata, dealt last, are then off by is mended by exchanges of rows
 * between parts.
 */
export function iterativeStrata(
  columns: readonly Column[],
  rows: Int32Array,
  sizes: readonly number[],
  random: Random,
): Int32Array[] {
  const shuffled = random.shuffle(Int32Array.from(rows));
  const labels = labelRows(columns, shuffled);
  const wanted = labels.members.map(({ length }) => sizes.map((size) => (length * size) / rows.length));
  const parts = dealRarestFirst(labels, wanted, sizes, random);
  exchangeRows(parts, labels, wanted, random);
  return parts.map((part) => Int32Array.from(part, (at) => shuffled[at]!));
}

/** Positions of the rows of each part; takes what it deals out from `wanted`, which ends as what each part has too few of. */
function dealRarestFirst(
  { codes, members }: RowLabels,
  wanted: readonly number[][],
  sizes: readonly number[],
  random: Random,
): number[][] {
  const remaining = members.map(({ length }) => length);
  const room = [...sizes];
  const parts: number[][] = sizes.map(() => []);
  const dealt = new Uint8Array(codes[0]!.length);
  let open = random.shuffle(members.map((_, label) => label));
  while ((open = open.filter((label) => remaining[label]! > 0)).length > 0) {
    const rarest = open.reduce((best, label) => (remaining[label]! < remaining[best]! ? label : best));
    for (const at of members[rarest]!) {
      if (dealt[at] === 1) continue;
      const part = neediest(wanted[rarest]!, room, random);
      dealt[at] = 1;
      parts[part]!.push(at);
      room[part]! -= 1;
      for (const code of codes) {
        wanted[code[at]!]![part]! -= 1;
        remaining[code[at]!]! -= 1;
      }
    }
  }
  return parts;
}

const TIE = 1e-9; // shares of the same want differ by rounding alone

/** The part with room that wants most of a stratum; at a tie the one with most room, then any. */
function neediest(wanted: readonly number[], room: readonly number[], random: Random): number {
  const compare = (a: number, b: number): number => {
    const difference = wanted[a]! - wanted[b]!;
    return Math.abs(difference) > TIE ? difference : room[a]! - room[b]!;
  };
  let best: number[] = [];
  for (let part = 0; part < room.length; part++) {
    if (room[part] === 0) continue;
    const lead = best.length === 0 ? 1 : compare(part, best[0]!);
    if (lead > 0) best = [part];
    else if (lead === 0) best.push(part);
  }
  return best.length === 1 ? best[0]! : best[random.integer(best.length)]!;
}
