export { renderReport } from "./page.js";
export { PLAIN_PAINTER, renderTable, summaryLines, verdictLine, type Painter } from "./terminal.js";
