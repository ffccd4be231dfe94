/** The report's style sheet: system fonts, two colour schemes, narrow screens and paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf8; --card: #ffffff; --ink: #1d2125; --muted: #5b636b; --line: #e4e2dd;
  --multi: #0b62a4; --single: #b35900; --good: #0b62a4; --bad: #a8400f; --neutral: #646b73;
  --good-wash: #e3eff9; --bad-wash: #fbe9df; --neutral-wash: #efeeeb;
  --heat: #0b5c9c; --counter-heat: #c05a12; --code: #f3f1ed; --warn: #8a4b00; --warn-wash: #fff3dc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --card: #1b1f23; --ink: #e7e9eb; --muted: #a0a8b0; --line: #2f353b;
    --multi: #6db3f2; --single: #f2a65a; --good: #7dbcf5; --bad: #f5a37a; --neutral: #a9b0b7;
    --good-wash: #17324a; --bad-wash: #46281a; --neutral-wash: #2a3036;
    --heat: #3c86cc; --counter-heat: #c0692b; --code: #20252a; --warn: #ffc46b; --warn-wash: #3a2c12;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.5rem; }
main { padding-top: 3.5rem; }
footer { padding-top: 1.5rem; padding-bottom: 3rem; color: var(--muted); font-size: .875rem; }
section { margin: 4.5rem 0; }
h1, h2, h3 { line-height: 1.2; letter-spacing: -.012em; text-wrap: balance; }
h1 { font-size: 1.25rem; font-weight: 600; margin: 0; color: var(--muted); }
h2 { font-size: 1.625rem; font-weight: 650; margin: 0 0 .5rem; }
h3 { font-size: 1.125rem; font-weight: 650; margin: 1.75rem 0 .5rem; }
p { margin: 0 0 1rem; max-width: 46rem; }
a { color: inherit; text-decoration-color: var(--muted); text-underline-offset: .2em; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--multi); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 1; }
.eyebrow { color: var(--muted); font-size: .875rem; margin: 0 0 .25rem; }
.verdict { font-size: clamp(1.375rem, 1rem + 1.5vw, 1.9375rem); line-height: 1.3; font-weight: 600; letter-spacing: -.015em; margin: 1rem 0 2rem; max-width: 54rem; text-wrap: pretty; }
.lead { color: var(--muted); margin-bottom: 1.5rem; }
.note, figcaption, caption, .hint, .quiet { color: var(--muted); }
.note, figcaption, caption { font-size: .875rem; }
.quiet { font-weight: 400; font-size: .875em; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1.5rem 2rem; margin: 0; padding: 1.5rem 0; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.figures dt { font-size: .875rem; color: var(--muted); }
.figures dd { margin: 0; font-size: 1.75rem; font-weight: 600; line-height: 1.25; letter-spacing: -.01em; }
.figures dd.hint { font-size: .875rem; font-weight: 400; line-height: 1.4; letter-spacing: 0; }
.good { color: var(--good); } .bad { color: var(--bad); }
.warnings { margin: 2rem 0; padding: 1.25rem 1.5rem; background: var(--warn-wash); border-left: 5px solid var(--warn); border-radius: 4px; }
.warnings h2 { font-size: 1.125rem; color: var(--warn); margin: 0 0 .5rem; }
.warnings ul { margin: 0; padding-left: 1.25rem; } .warnings li { margin: .25rem 0; max-width: 52rem; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 1.25rem 0 0; padding: 0; font-size: .9375rem; }
nav a { color: var(--muted); text-decoration: none; } nav a:hover { color: var(--ink); text-decoration: underline; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
caption { text-align: left; padding: 0 0 .75rem; caption-side: top; }
th, td { text-align: left; vertical-align: baseline; padding: .6rem 1.25rem .6rem 0; border-bottom: 1px solid var(--line); overflow-wrap: normal; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-weight: 500; font-size: .8125rem; white-space: nowrap; border-bottom-color: var(--muted); padding-top: .25rem; padding-bottom: .4rem; }
tbody th { font-weight: 600; }
.number { text-align: right; white-space: nowrap; }
.words { min-width: 11rem; max-width: 22rem; font-size: .875rem; overflow-wrap: anywhere; }
.stacking td:nth-child(3) { white-space: nowrap; }
.arrow { color: var(--muted); cursor: help; }
.chip { display: inline-block; white-space: nowrap; padding: .05rem .6rem; border-radius: 1rem; font-size: .8125rem; font-weight: 600; background: var(--neutral-wash); color: var(--neutral); }
.chip.helped { background: var(--good-wash); color: var(--good); }
.chip.hurt { background: var(--bad-wash); color: var(--bad); }
.role { white-space: nowrap; } .role.target, .role.reference, .role.task-column { font-weight: 600; color: var(--multi); }
.role.set-aside, .role.ignored { color: var(--muted); }
figure { margin: 2rem 0 0; } figcaption { margin-top: .5rem; max-width: 46rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr)); gap: 1.5rem; align-items: start; margin-top: 1.5rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.5rem; min-width: 0; }
.card.wide { grid-column: 1 / -1; }
.card h3 { margin: 0 0 .5rem; font-size: 1.25rem; }
.card figure { margin-top: 1.5rem; }
.under { display: flex; flex-wrap: wrap; gap: .35rem .75rem; align-items: baseline; font-size: .875rem; color: var(--muted); }
.compact th, .compact td { padding-top: .35rem; padding-bottom: .35rem; }
.compact tbody th { font-weight: 400; } .compact tr.primary > * { font-weight: 650; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 2rem 1.5rem; }
.small { margin: 0; min-width: 0; } .small figcaption { margin: 0 0 .5rem; color: var(--ink); font-weight: 600; font-size: .9375rem; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; padding: 0; margin: 0 0 1.5rem; font-size: .875rem; color: var(--muted); }
.legend li { display: flex; align-items: center; gap: .5rem; }
.swatch { width: 1.75rem; height: 0; border-top: 3px solid var(--multi); }
.swatch.thin { border-top-width: 1px; } .swatch.single { border-top: 2px dashed var(--single); }
.swatch.best { width: .625rem; height: .625rem; border: 0; border-radius: 50%; background: var(--multi); }
.scroll { overflow-x: auto; } .tall { max-height: 36rem; overflow-y: auto; }
figure + .scroll, figure + .note { margin-top: 2.5rem; }
.scroll + .scroll, .scroll + .note { margin-top: 1.5rem; }
.plot { display: block; max-width: 100%; height: auto; color: var(--ink); font-family: inherit; }
.scroll > .plot { max-width: none; }
.plot text { white-space: pre; }
.for-narrow { display: none; }
pre { background: var(--code); border-radius: 8px; padding: 1rem 1.25rem; margin: 0 0 1rem; font-size: .875rem; line-height: 1.5; tab-size: 2; overflow-wrap: normal; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .92em; }
pre code { font-size: 1em; }
.facts { margin: 1rem 0 1.5rem; } .facts div { display: grid; grid-template-columns: 9rem 1fr; gap: 1rem; padding: .45rem 0; border-bottom: 1px solid var(--line); }
.facts dt { color: var(--muted); } .facts dd { margin: 0; }
summary { cursor: pointer; color: var(--muted); padding: .25rem 0; } details pre { margin-top: .75rem; }
@media (max-width: 44rem) {
  main, footer { padding-left: 1rem; padding-right: 1rem; } main { padding-top: 2rem; }
  section { margin: 3rem 0; } .card { padding: 1rem; }
  .figures { grid-template-columns: 1fr 1fr; gap: 1.25rem; } .figures dd { font-size: 1.375rem; }
  .stacking thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .stacking, .stacking tbody, .stacking caption { display: block; }
  .stacking tr { display: grid; grid-template-columns: 1fr 1fr; gap: .125rem 1.5rem; padding: .9rem 0; border-bottom: 1px solid var(--line); }
  .stacking th, .stacking td { border: 0; padding: 0; }
  .stacking td { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 .5rem; font-size: .875rem; }
  .stacking td::before { content: attr(data-label); color: var(--muted); font-size: .8125rem; font-weight: 400; }
  .stacking th, .stacking td:last-child { grid-column: 1 / -1; } .stacking td:last-child { grid-row: 2; margin-bottom: .35rem; justify-content: flex-start; }
  .stacking td:last-child::before { content: none; }
  .stacking td:nth-child(7) { grid-column: 1 / -1; grid-row: 6; }
  .for-wide { display: none; } .for-narrow { display: block; }
  .facts div { grid-template-columns: 1fr; gap: 0; }
}
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --muted: #444; --line: #ccc; --multi: #0b62a4; --single: #b35900; --good: #0b62a4; --bad: #a8400f; --neutral: #555; --good-wash: #fff; --bad-wash: #fff; --neutral-wash: #fff; --heat: #0b5c9c; --counter-heat: #c05a12; --code: #f6f6f6; --warn: #8a4b00; --warn-wash: #fff; color-scheme: light; }
  body { font-size: 10.5pt; } main { max-width: none; padding-top: 0; } nav, .skip { display: none; }
  section { margin: 2rem 0; } h2, h3, figcaption { break-after: avoid; } .card, figure, tr { break-inside: avoid; }
  .scroll, .tall { overflow: visible; max-height: none; } .scroll > .plot { max-width: 100%; }
  table { font-size: 8.5pt; } th, td { padding: .35rem .5rem .35rem 0; overflow-wrap: break-word; } .number, thead th { white-space: normal; }
  .words { min-width: 0; font-size: 8pt; } .chip { padding: 0; font-size: 8pt; } .cards { display: block; } .card { margin-bottom: 1rem; }
  .figures { grid-template-columns: repeat(4, 1fr); gap: 1rem; } .grid { grid-template-columns: repeat(2, 1fr); }
  pre { white-space: pre-wrap; } .plot, .chip { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
