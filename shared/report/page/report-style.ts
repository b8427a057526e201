import { SHADE_STYLE } from './shades.ts';

/** CSS of reports and comparisons. */
export const REPORT_STYLE = `
:root { --text: #1b1f24; --faint: #57606a; --line: #d1d9e0; --back: #fff; --raised: #f6f8fa; --link: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --faint: #9da7b1; --line: #3d444d; --back: #0d1117; --raised: #161b22; --link: #79b8ff; } }
${SHADE_STYLE}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
p, li, dd { max-width: 50rem; } .lead { font-size: 1.1rem; } a { color: var(--link); }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; overflow-wrap: anywhere; }
pre { padding: 0.75rem; background: var(--raised); border: 1px solid var(--line); white-space: pre-wrap; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 1px; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; background: var(--back); padding: 0.5rem; }
.scroll { overflow: auto; margin: 0.75rem 0; } .tall { max-height: 80vh; border: 1px solid var(--line); }
figure { margin: 1rem 0; } figcaption { color: var(--faint); font-size: 0.9rem; } svg { max-width: 100%; height: auto; --plot-background: var(--back); }
.scroll svg { max-width: none; }
sub { font-size: 0.75em; line-height: 0; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.2rem 0.6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; font-weight: inherit; }
thead th { font-weight: 600; background: var(--raised); position: sticky; top: 0; }
th[scope=row], thead th:first-child, .l { text-align: left; }
th button { all: unset; cursor: pointer; font-weight: inherit; } th button:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
thead button::after { content: ' ↕'; color: var(--faint); } [aria-sort=ascending] button::after { content: ' ↑'; } [aria-sort=descending] button::after { content: ' ↓'; }
tbody th button { color: var(--link); } tbody th button::before { content: '▸ '; } tbody th button[aria-expanded=true]::before { content: '▾ '; }
.evidence > td { text-align: left; white-space: normal; background: var(--raised); padding: 0.75rem; }
.evidence > td > div { display: flex; flex-wrap: wrap; gap: 0.5rem 2rem; position: sticky; left: 0.75rem; width: min(70rem, calc(100vw - 4rem)); }
.evidence h3 { margin: 0; font-size: 0.9rem; } .evidence dl { display: grid; grid-template-columns: auto 1fr; gap: 0 1rem; margin: 0; }
dl { overflow-wrap: anywhere; } .evidence dd { margin: 0; }
.periodic { table-layout: fixed; min-width: 46rem; width: 100%; border-collapse: separate; border-spacing: 2px; } .periodic caption { text-align: left; color: var(--faint); }
.periodic td { height: 2.9rem; padding: 0; border: 0; text-align: center; color: var(--faint); line-height: 1.15; }
.periodic small { display: block; font-size: 0.6rem; } .periodic tr:nth-child(8) td { border-top: 0.6rem solid var(--back); height: 3.5rem; }
.periodic button { all: unset; display: block; width: 100%; height: 100%; cursor: pointer; align-content: center; }
.periodic button:focus-visible { outline: 3px solid var(--text); } .periodic button[aria-pressed=true] { box-shadow: inset 0 0 0 3px var(--text); }
${[0, 1, 2, 3, 4, 5, 6].map((i) => `.periodic td.q${i} { color: var(--t${i}); }`).join(' ')}
.legend { display: flex; flex-wrap: wrap; list-style: none; padding: 0; gap: 2px; font-size: 0.8rem; } .legend li { padding: 0.1rem 0.5rem; }
form { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: end; } form[hidden] { display: none; }
form input, form select, form button { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--faint); border-radius: 4px; padding: 0.2rem 0.5rem; max-width: 12rem; }
.buttons { display: flex; gap: 0.5rem; } form output { flex-basis: 100%; color: var(--faint); }
summary { cursor: pointer; } .only-script { display: none; } .scripted .only-script { display: block; }
@media (max-width: 40rem) { body { padding: 0.6rem; } form label { flex: 1 1 9rem; } form input:not([type=checkbox]), form select { width: 100%; max-width: none; } }
@media print {
  :root { --text: #000; --back: #fff; --raised: #fff; --faint: #333; }
  body { max-width: none; font-size: 10pt; } form, .skip, .only-script, .legend { display: none !important; }
  .scroll, .tall { overflow: visible; max-height: none; border: 0; } thead th { position: static; } tr, figure { break-inside: avoid; }
  td, .legend li { print-color-adjust: exact; } .periodic { min-width: 0; } thead button::after { content: none; }
}
`;
