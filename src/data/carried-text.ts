const UNCARRIED = /[\0\p{Cs}]/gu; // with the flag u a pair of surrogates is one letter, so only halves are found

/**
 * A text as every runtime carries it: NUL, at which ONNX Runtime's bindings for JavaScript end a string, and halves of
 * surrogate pairs, which have no form in UTF-8, become U+FFFD.
 */
export const carriedText = (text: string): string => text.replace(UNCARRIED, "\ufffd");
