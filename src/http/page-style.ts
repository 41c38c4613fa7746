/** The page's style, in the document: the page loads nothing. */
export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --ground: #f6f7f9; --panel: #ffffff; --line: #dfe3e8; --soft: #eef1f4; --text: #1b2129; --dim: #5c6773;
  --link: #0b5cad; --bad: #b42318; --bad-soft: #fdecea; --warn: #8a5300; --warn-soft: #fdf3dc;
  --good: #17703f; --good-soft: #e3f4ea; --wait-soft: #e8ecf1; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #11151a; --panel: #181d24; --line: #2b333d; --soft: #1f262e; --text: #e4e9ee; --dim: #98a4b0;
  --link: #79b8ff; --bad: #ff9b90; --bad-soft: #3a1d1b; --warn: #f0c063; --warn-soft: #35290f;
  --good: #7fd6a2; --good-soft: #14301f; --wait-soft: #262e37; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; }
main, header { max-width: 1500px; margin: 0 auto; padding: 0 24px; }
header { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: baseline; padding-top: 20px; }
h1 { font-size: 20px; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 15px; margin: 28px 0 8px; }
header p { margin: 0; color: var(--dim); }
header p:last-child { margin-left: auto; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.totals { display: grid; grid-template-columns: repeat(4, 1fr); gap: 10px; margin: 18px 0; }
@media (min-width: 1100px) { .totals { grid-template-columns: repeat(8, 1fr); } }
@media (max-width: 560px) { .totals { grid-template-columns: repeat(2, 1fr); } }
.totals div { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
.totals dt { color: var(--dim); font-size: 12px; }
.totals dd { margin: 0; font-size: 24px; font-weight: 600; line-height: 1.25; letter-spacing: -0.01em; }
.totals .bad { border-color: var(--bad); } .totals .bad dd { color: var(--bad); }
form { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
label { color: var(--dim); }
input, button { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line);
  border-radius: 6px; padding: 6px 10px; }
input { flex: 0 1 400px; min-width: 0; } button { background: var(--soft); cursor: pointer; }
.scroll { overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--dim); padding: 8px 12px; font-size: 13px; }
th, td { padding: 6px 12px; text-align: left; vertical-align: baseline; white-space: nowrap; }
thead th { color: var(--dim); font-weight: 500; font-size: 12px; background: var(--soft);
  border-block: 1px solid var(--line); }
tbody th { font-weight: 600; }
tbody tr + tr:not(.why) > * { border-top: 1px solid var(--line); }
.n { text-align: right; } .zero { color: var(--dim); opacity: 0.7; } .dim { color: var(--dim); }
.wide { white-space: normal; overflow-wrap: anywhere; min-width: 220px; }
.why td { white-space: normal; overflow-wrap: anywhere; padding: 0 12px 10px; }
.why div { border-left: 3px solid var(--bad); background: var(--bad-soft); border-radius: 0 6px 6px 0;
  padding: 6px 12px; position: sticky; left: 12px; width: fit-content;
  max-width: min(1100px, calc(100vw - 60px)); }
.why p { margin: 0; }
.badge { display: inline-block; border-radius: 999px; padding: 1px 9px; font-size: 12px; font-weight: 600;
  background: var(--wait-soft); color: var(--dim); }
.badge::before { content: ""; display: inline-block; width: 7px; height: 7px; border-radius: 50%;
  background: currentColor; margin-right: 6px; }
.badge.bad { background: var(--bad-soft); color: var(--bad); } .badge.bad::before { border-radius: 1px; }
.badge.warn { background: var(--warn-soft); color: var(--warn); }
.badge.good { background: var(--good-soft); color: var(--good); }
code { font: 12.5px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.note { color: var(--dim); margin: 8px 2px; }
footer { max-width: 1500px; margin: 28px auto; padding: 0 24px; color: var(--dim); font-size: 13px; }
@media (max-width: 700px) { main, header, footer { padding-inline: 12px; } header p:last-child { margin-left: 0; } }
`;
