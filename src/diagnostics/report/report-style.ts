/** The stylesheet of the pages of development: the error page, and the page of a request. */

/** Colours of the pages and of the toolbar, for light and dark. */
const colours = `--ink: #1d2126; --soft: #59626c; --ground: #f6f5f2; --card: #ffffff; --line: #dedad2; --mark: #b3261e; --mark-ground: #fdecea;
  --hint: #0b6b3a; --hint-ground: #eaf6ef; --link: #1554b8; --warn: #8a5300`;

/** The same names in the dark. */
const darkColours = `--ink: #e8e6e1; --soft: #a6aeb6; --ground: #14171a; --card: #1d2124; --line: #363c42; --mark: #ff9d94; --mark-ground: #3a1f1d;
  --hint: #7fd6a4; --hint-ground: #16291f; --link: #9cc3ff; --warn: #f0b866`;

/** Returns the rules that set the colours of an element and of what is in it. */
export function colourRules(selector: string): string {
  return `${selector} { color-scheme: light dark; ${colours} }
@media (prefers-color-scheme: dark) { ${selector} { ${darkColours} } }`;
}

/** The stylesheet. */
export const pageStyle = `
${colourRules(":root")}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif }
main { max-width: 66rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
a { color: var(--link) }
h1 { margin: 0.5rem 0 1rem; font-size: 1.5rem; line-height: 1.3; overflow-wrap: anywhere; white-space: pre-wrap }
h2 { margin: 2rem 0 0.5rem; font-size: 1.0625rem }
h3 { margin: 1.25rem 0 0.375rem; font-size: 0.9375rem; color: var(--soft); font-weight: 600 }
code, pre, td, textarea, .place { font-family: ui-monospace, SFMono-Regular, Menlo, monospace; font-size: 0.8125rem }
.place { overflow-wrap: anywhere }
.code { display: inline-block; padding: 0.125rem 0.5rem; border-radius: 4px; background: var(--mark-ground); color: var(--mark); font: 600 0.8125rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
.status, .soft { color: var(--soft) }
.head { margin: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: baseline }
.fix { margin: 0 0 1rem; padding: 0.75rem 1rem; border-left: 4px solid var(--hint); border-radius: 0 6px 6px 0; background: var(--hint-ground); overflow-wrap: anywhere; white-space: pre-wrap }
.fix strong { color: var(--hint) }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 1rem 0; align-items: center }
.actions form { margin: 0 }
.button { display: inline-block; padding: 0.375rem 0.75rem; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: var(--ink); font: inherit; font-size: 0.875rem; text-decoration: none; cursor: pointer }
.button:hover { border-color: var(--soft) }
.button.primary { background: var(--hint); border-color: var(--hint); color: var(--ground) }
[hidden] { display: none }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
.scroll, pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px; overflow-x: auto }
pre { margin: 0; padding: 0.5rem 0; tab-size: 2; line-height: 1.6 }
pre > span { display: block; min-width: max-content; padding: 0 0.75rem; white-space: pre }
pre i { display: inline-block; width: 3.5em; padding-right: 1em; text-align: right; color: var(--soft); font-style: normal; user-select: none }
pre .failing { background: var(--mark-ground); color: var(--mark); font-weight: 600; box-shadow: inset 3px 0 var(--mark) }
pre .failing i { color: inherit }
table { width: 100%; border-spacing: 0 }
td, th { padding: 0.3125rem 0.75rem; vertical-align: top; text-align: left; border-top: 1px solid var(--line); overflow-wrap: anywhere }
.facts td, td.sql { white-space: pre-wrap }
td .place { display: inline-block; min-width: 7rem }
th { font-size: 0.8125rem; color: var(--soft); font-weight: 600 }
thead th { white-space: nowrap }
tr:first-child td, tr:first-child th, thead th { border-top: 0 }
tbody tr:first-child td { border-top: 1px solid var(--line) }
.facts td:first-child { width: 13rem; color: var(--soft) }
.facts tr:first-child td { border-top: 0 }
td.number { text-align: right; white-space: nowrap }
details { margin: 0.5rem 0 }
summary { padding: 0.25rem 0; cursor: pointer; overflow-wrap: anywhere }
.frame > summary { font-size: 0.875rem }
textarea { width: 100%; height: 12rem; padding: 0.5rem; background: var(--card); color: var(--ink); border: 1px solid var(--line); border-radius: 6px }
.warning { color: var(--warn); font-weight: 600 }
@media (max-width: 40rem) {
  .facts td { display: block; width: auto } .facts td:first-child { width: auto; padding-bottom: 0 } .facts td + td { border-top: 0; padding-top: 0 }
  h1 { font-size: 1.25rem }
}`;
