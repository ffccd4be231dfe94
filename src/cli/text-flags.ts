import { textOptionsOf } from "../study/options.js";

/** Help of `--charset` where a model reads rows. */
export const CHARSET = "the encoding of CSV (default: the study's, else found from the bytes)";

/** Help of `--delimiter` where a model reads rows. */
export const DELIMITER =
  "what divides the cells of CSV: one sign, or comma, semicolon, tab, bar, space (default: the study's, else found)";

/** What flags say about how text is written. */
export const textFlags = ({
  charset = "auto",
  delimiter = "auto",
}: {
  readonly charset?: string;
  readonly delimiter?: string;
}): ReturnType<typeof textOptionsOf> => textOptionsOf({ charset, delimiter });
