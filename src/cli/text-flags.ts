import { textOptionsOf } from "../study/options.js";

/** Help of `--charset` where a model reads rows. */
export const CHARSET = "the encoding of CSV (default: the study's, else found from the bytes)";

/** Help of `--delimiter` where a model reads rows. */
export const DELIMITER =
  "what divides the cells of CSV: one sign, or comma, semicolon, tab, bar, space (default: the study's, else found)";

/** Help of `--header` where a model reads rows. */
export const HEADER =
  "whether the first row of CSV names the columns: auto, yes or no (default: the study's, else auto)";

/** What flags say about how text is written. */
export const textFlags = ({
  header = "auto",
  charset = "auto",
  delimiter = "auto",
}: {
  readonly header?: "auto" | "yes" | "no";
  readonly charset?: string;
  readonly delimiter?: string;
}): ReturnType<typeof textOptionsOf> => textOptionsOf({ header, charset, delimiter });
