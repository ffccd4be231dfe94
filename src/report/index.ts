export { renderReport } from "./page.js";
export { PLAIN_PAINTER, renderTable, summaryLines, type Painter } from "./terminal.js";
export { verdictSentence } from "./verdict.js";
