/** Help of `--charset` where a model reads rows. */
export const CHARSET = "the encoding of CSV (default: the study's, else found from the bytes)";

/** Help of `--delimiter` where a model reads rows. */
export const DELIMITER =
  "what divides the cells of CSV: one sign, or comma, semicolon, tab, bar, space (default: the study's, else found)";

/** What flags say about how text is written; `auto` is as good as nothing. */
export function textFlags(flags: { readonly charset?: string; readonly delimiter?: string }): {
  readonly encoding?: string;
  readonly delimiter?: string;
} {
  const { charset = "auto", delimiter = "auto" } = flags;
  return {
    ...(charset !== "auto" && { encoding: charset }),
    ...(delimiter !== "auto" && { delimiter }),
  };
}
