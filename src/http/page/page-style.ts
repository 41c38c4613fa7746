/** The page's style, in the document: the page loads nothing. Text has a contrast of 4.5 to its ground in both schemes. */
export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --ground: #f6f7f9; --panel: #ffffff; --line: #dfe3e8; --edge: #858f9a; --soft: #eef1f4; --text: #1b2129;
  --dim: #5c6773; --link: #0b5cad; --bad: #b42318; --bad-soft: #fdecea; --warn: #8a5300; --warn-soft: #fdf3dc;
  --good: #17703f; --good-soft: #e3f4ea; --wait: #525d69; --wait-soft: #e8ecf1; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #11151a; --panel: #181d24; --line: #2b333d; --edge: #6b7683; --soft: #1f262e; --text: #e4e9ee;
  --dim: #98a4b0; --link: #79b8ff; --bad: #ff9b90; --bad-soft: #3a1d1b; --warn: #f0c063; --warn-soft: #35290f;
  --good: #7fd6a2; --good-soft: #14301f; --wait: #a9b4bf; --wait-soft: #262e37; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; }
main, header, footer { max-width: 1500px; margin: 0 auto; padding: 0 24px; }
main { outline: none; }
header { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: baseline; padding-top: 20px; }
h1 { font-size: 20px; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 16px; margin: 28px 0 8px; }
header p { margin: 0; color: var(--dim); }
header p:last-child { margin-left: auto; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: 24px; top: -60px; background: var(--panel); padding: 8px 14px; z-index: 1;
  border: 1px solid var(--edge); border-radius: 6px; }
.skip:focus { top: 8px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.headline { font-size: 16px; margin: 16px 0 14px; padding: 10px 14px; border-radius: 8px;
  border-left: 4px solid currentColor; background: var(--wait-soft); color: var(--wait); font-weight: 600; }
.headline a { color: inherit; text-underline-offset: 3px; }
.headline.bad { background: var(--bad-soft); color: var(--bad); }
.headline.warn { background: var(--warn-soft); color: var(--warn); }
.headline.good { background: var(--good-soft); color: var(--good); }
.totals { display: grid; grid-template-columns: repeat(4, 1fr); gap: 10px; margin: 0 0 18px; }
@media (min-width: 1100px) { .totals { grid-template-columns: repeat(8, 1fr); } }
@media (max-width: 560px) { .totals { grid-template-columns: repeat(2, 1fr); } }
.totals div { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
.totals dt { color: var(--dim); font-size: 12px; }
.totals dd { margin: 0; font-size: 22px; font-weight: 600; line-height: 1.3; letter-spacing: -0.01em; }
.totals small { font-size: 14px; font-weight: 500; letter-spacing: 0; }
.totals .bad { border-color: var(--bad); } .totals .bad dd { color: var(--bad); }
form { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
label { color: var(--dim); }
input, button { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--edge);
  border-radius: 6px; padding: 6px 10px; }
form input { flex: 0 1 400px; min-width: 0; } button { background: var(--soft); cursor: pointer; }
::placeholder { color: var(--dim); opacity: 1; }
.scroll { position: relative; overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
caption { text-align: left; color: var(--dim); padding: 8px 12px; }
caption span { position: sticky; left: 12px; display: block; width: fit-content; max-width: calc(100vw - 60px); }
tr > :first-child { padding-left: 12px; } tr > :last-child { padding-right: 12px; }
th, td { padding: 6px; text-align: left; vertical-align: baseline; white-space: nowrap; }
thead th { color: var(--dim); font-weight: 500; font-size: 12px; background: var(--soft);
  border-block: 1px solid var(--line); }
thead a { color: inherit; text-decoration-color: var(--edge); text-underline-offset: 3px; }
thead a:hover, thead [aria-sort] a { color: var(--text); } thead [aria-sort] { font-weight: 700; }
tbody th { font-weight: 600; } tbody th a { text-decoration-color: var(--edge); text-underline-offset: 3px; }
tbody tr + tr:not(.under) > * { border-top: 1px solid var(--line); }
tbody tr:hover > *, tbody tr:hover + .under > *, tbody tr:has(+ .under:hover) > * { background: var(--soft); }
.n { text-align: right; } .n + :not(.n) { padding-left: 18px; } .dim { color: var(--dim); }
.wide { white-space: normal; overflow-wrap: anywhere; min-width: 220px; }
.under td { white-space: normal; overflow-wrap: anywhere; padding: 0 12px 10px; }
.why, .command { position: sticky; left: 12px; width: fit-content; max-width: min(1100px, calc(100vw - 60px)); }
.why { border-left: 3px solid var(--bad); background: var(--bad-soft); border-radius: 0 6px 6px 0; padding: 6px 12px; }
.why p, p.command { margin: 0; } p.command { color: var(--dim); }
div.command code { display: block; background: var(--soft); border: 1px solid var(--line); border-radius: 6px;
  padding: 3px 9px; cursor: pointer; user-select: all; -webkit-user-select: all; }
div.command code:hover { border-color: var(--edge); }
.command input { position: absolute; inset: 0; width: 100%; padding: 3px 9px; opacity: 0; pointer-events: none;
  font: 12.5px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.command input:focus { opacity: 1; }
.badge { display: inline-block; border-radius: 999px; padding: 1px 9px; font-size: 12px; font-weight: 600;
  background: var(--wait-soft); color: var(--wait); }
.badge::before { content: ""; display: inline-block; width: 7px; height: 7px; border-radius: 50%;
  background: currentColor; margin-right: 6px; }
.badge.bad { background: var(--bad-soft); color: var(--bad); } .badge.bad::before { border-radius: 1px; }
.badge.warn { background: var(--warn-soft); color: var(--warn); }
.badge.good { background: var(--good-soft); color: var(--good); }
code { font: 12.5px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.note { color: var(--dim); margin: 8px 2px; max-width: 110ch; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px; list-style: none; margin: 12px 0; padding: 0; }
nav li { padding: 4px 0; min-width: 20px; text-align: center; }
nav a { display: inline-block; min-width: 34px; padding: 4px 10px; margin: -4px 0; border: 1px solid var(--line);
  border-radius: 6px; background: var(--panel); text-align: center; text-decoration: none; }
nav a:hover { border-color: var(--edge); }
nav [aria-current] { background: var(--link); border-color: var(--link); color: var(--panel); font-weight: 600; }
footer { margin-block: 28px; color: var(--dim); font-size: 13px; }
@media (max-width: 700px) { main, header, footer { padding-inline: 12px; } header p:last-child { margin-left: 0; } }
@media print { form, nav, .skip, .command input { display: none; } .scroll { overflow: visible; border: 0; }
  thead th, th, td { padding: 3px; white-space: normal; } thead th, tbody, .badge, .command code { font-size: 9px; }
  .wide { min-width: 0; } tr { break-inside: avoid; } }
`;
