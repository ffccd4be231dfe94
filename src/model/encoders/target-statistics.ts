import type { StatisticsInput } from "../../data/encoding.js";
import { type Tensor, add, cast, gather, mul, scalar } from "../../graph/index.js";
import { type Block, table } from "./block.js";
import { levelPlaces } from "./levels.js";

/** How the rows of a batch are to be encoded that must not know their own labels. */
export interface FoldTables {
  /** `[batch]` int32: 0 for the statistics of all training rows, f for those without fold f. */
  readonly fold: Tensor;
  /** `[folds, levels + 1, W]` by input. */
  readonly withoutFold: ReadonlyMap<string, readonly (readonly (readonly number[])[])[]>;
}

/** The statistics of the row's level: a line of a table. */
export function statisticsBlock(coding: StatisticsInput, raw: Tensor, folds?: FoldTables): Block {
  const { name } = coding;
  const lines = coding.table.length;
  const places = levelPlaces(coding, raw);
  const others = folds?.withoutFold.get(name);
  const owners = coding.table[0]!.map(() => name);
  if (!folds || !others) return { features: gather(table(coding.table), places, 0), owners };
  const first = mul(cast(folds.fold, "int64"), scalar(lines, "int64"));
  return { features: gather(table([coding.table, ...others].flat()), add(first, places), 0), owners };
}
