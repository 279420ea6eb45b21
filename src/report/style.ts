import { designTokens } from "@sourceprint/core/design-tokens.js"
import { CHART_STYLE } from "./style-charts.js"

/** The page's look: one column of figures beside a quiet table of contents, system fonts, tabular numbers, two colour
 *  schemes and paper. Colours are custom properties; charts read the same ones. */
export const PAGE_STYLE = `
${designTokens()}
:root { --cell-right: #5d9ccb; --cell-wrong: #e88a83;
  --series-0: #1668a7; --series-1: #cb5a0c; --series-2: #23815a; --series-3: #8a4a9e;
  --series-4: #a57c00; --series-5: #c2376b; --series-6: #55606e; --series-7: #1f97ab }
@media (prefers-color-scheme: dark) {
  :root:not(.on-paper) { --cell-right: #22547d; --cell-wrong: #8f302b;
    --series-0: #62aee8; --series-1: #f0935a; --series-2: #5fc596; --series-3: #c08fd6;
    --series-4: #d9b54a; --series-5: #f07fa8; --series-6: #a7b0bd; --series-7: #5cc9db }
}
*, *::before, *::after { box-sizing: border-box }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100% }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 var(--text);
  overflow-wrap: break-word }
.page { max-width: 76rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
a { color: var(--accent); text-underline-offset: .15em }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px }
.skip { position: absolute; left: -999rem }
.skip:focus { left: 1rem; top: .5rem; background: var(--ground); padding: .4rem .8rem; z-index: 9 }
header { border-bottom: 1px solid var(--line); padding-bottom: 1.5rem; margin-bottom: 1.75rem }
.kicker { margin: 0 0 .6rem; color: var(--ink-soft); font-size: .86rem; display: flex; flex-wrap: wrap; gap: .2rem 1rem;
  justify-content: space-between }
h1 { font-size: clamp(1.6rem, 1.2rem + 1.7vw, 2.3rem); line-height: 1.18; letter-spacing: -.015em; font-weight: 680;
  margin: 0; max-width: 32ch; text-wrap: balance }
.lead { margin: .8rem 0 0; color: var(--ink-soft); font-size: 1.06rem; max-width: 68ch }
h2 { font-size: 1.36rem; line-height: 1.25; letter-spacing: -.01em; font-weight: 660; margin: 0 0 .5rem }
h3 { font-size: 1.08rem; line-height: 1.3; font-weight: 650; margin: 2rem 0 .4rem }
h4, h5, h6 { font-size: 1rem; font-weight: 650; margin: 1.5rem 0 .4rem }
section { margin-top: 3.25rem; scroll-margin-top: 1rem } section section { margin-top: 0 }
section > .lead { margin: 0 0 1rem; font-size: 1rem }
p { margin: 0 0 .8em } .prose { max-width: 70ch }
code, pre { font-family: var(--mono); font-size: .86em }
pre { margin: 0; padding: .9rem 1rem; background: var(--sunk); border-radius: 4px; overflow: auto;
  max-height: 32rem; line-height: 1.5 }
p code, dd code { background: var(--sunk); padding: .1em .3em; border-radius: 3px }
figure { margin: 1.6rem 0 } .caption { font-weight: 620; font-size: .96rem; margin: 0 0 .5rem }
.fine { color: var(--ink-soft); font-size: .84rem; line-height: 1.5; margin: .5rem 0 0; max-width: 80ch }
.line { display: block; color: var(--ink-soft); font-size: .8rem; line-height: 1.4; font-weight: 400 }
button { font: inherit; color: inherit; cursor: pointer }
button.quiet { border: 1px solid var(--line-strong); background: none; border-radius: 4px; padding: .15rem .6rem;
  font-size: .82rem; color: var(--accent) }
button.quiet:hover { background: var(--sunk) }

.banner { margin: 1.1rem 0; padding: .95rem 1.15rem 1rem; border-left: 5px solid var(--line-strong);
  background: var(--sunk); border-radius: 0 5px 5px 0; max-width: 64rem }
.banner p { margin: 0 }
.banner .says { font-size: .8rem; font-weight: 650; color: var(--ink-soft); margin-bottom: .15rem }
.banner .what { font-weight: 620; font-size: 1.05rem; line-height: 1.4 }
.banner .why { margin-top: .35rem; max-width: 76ch }
.banner.verdict { border-color: var(--accent); background: var(--accent-soft) }
.banner.verdict .what { font-size: 1.3rem; line-height: 1.35; letter-spacing: -.01em; text-wrap: pretty }
.banner.verdict .says { color: var(--accent) }
.banner.good { border-color: var(--good); background: var(--good-soft) } .banner.good .says { color: var(--good) }
.banner.warning { border-color: var(--warn); background: var(--warn-soft) }
.banner.warning .says { color: var(--warn) }
.banner.danger { border-left-width: 10px; border-color: var(--bad); background: var(--bad-soft) }
.banner.danger .says, .banner.danger .what { color: var(--bad) }
.banner.danger .what { font-size: 1.2rem }

.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(9.8rem, 100%), 1fr)); gap: 1.2rem 1.5rem;
  margin: 1.6rem 0 .4rem }
.cards > div { border-top: 2px solid var(--ink); padding-top: .55rem }
.cards dt { font-size: .88rem; color: var(--ink-soft); line-height: 1.35 } .cards dd { margin: .1rem 0 0 }
.big { display: block; font-size: 1.85rem; line-height: 1.25; font-weight: 620; letter-spacing: -.02em;
  font-variant-numeric: tabular-nums; white-space: nowrap }
.big.word { font-size: 1.35rem; line-height: 1.6; white-space: normal }

.scroll { overflow-x: auto; -webkit-overflow-scrolling: touch }
@media screen { .scroll.long { max-height: min(40rem, 80vh); overflow-y: auto }
.scroll.long thead th { position: sticky; top: 0; z-index: 1; background: var(--ground);
  box-shadow: inset 0 -1.5px 0 var(--ink) } }
table { border-collapse: collapse; font-size: .9rem; line-height: 1.4; font-variant-numeric: tabular-nums;
  min-width: 100% }
.table th, .table td { text-align: left; vertical-align: top; padding: .5rem .9rem .5rem 0;
  border-bottom: 1px solid var(--line); font-weight: 400 }
.table tbody th { font-weight: 600; min-width: 8rem } .table tbody th.short { white-space: nowrap }
.table .number { text-align: right; white-space: nowrap } .table td.number strong { font-weight: 700 }
.table thead th { border-bottom: 1.5px solid var(--ink); vertical-align: bottom; padding-bottom: .35rem }
.table thead button { border: 0; background: none; padding: 0; font-size: .84rem; font-weight: 600; line-height: 1.3;
  text-align: inherit; color: var(--ink-soft) }
.table thead button:hover { color: var(--ink) }
.table thead button::after { content: "↕"; content: "↕" / ""; opacity: .35; padding-left: .3em; font-weight: 400 }
.table [aria-sort=ascending] button::after { content: "↑"; content: "↑" / ""; opacity: 1 }
.table [aria-sort=descending] button::after { content: "↓"; content: "↓" / ""; opacity: 1 }
.table [aria-sort=ascending] button, .table [aria-sort=descending] button { color: var(--ink) }
.table tr.marked > * { background: var(--accent-soft) } .table tr > :first-child { padding-left: .7rem }
.table tr.marked > :first-child { box-shadow: inset 3px 0 var(--accent) }
.table .same { display: none } .table.show-same .same { display: table-cell; color: var(--ink-soft) }
.table tbody tr:hover > * { background: color-mix(in srgb, var(--sunk) 70%, transparent) }
.table tbody tr.marked:hover > * { background: var(--accent-soft) }

.matrix table { width: auto; min-width: 0 }
.matrix th { font-weight: 500; text-align: right; padding: .25rem .6rem .25rem 0; font-size: .84rem;
  white-space: nowrap }
.matrix thead th { vertical-align: bottom; padding: 0 0 .4rem; height: 1px }
.matrix thead th span { writing-mode: vertical-rl; transform: rotate(180deg); display: inline-block;
  max-height: 9rem }
.matrix td { text-align: right; padding: .4rem .6rem; min-width: 3rem; border: 1px solid var(--ground);
  background: color-mix(in srgb, var(--tint) var(--shade, 0%), var(--sunk)) }
.matrix td.right { --tint: var(--cell-right) } .matrix td.wrong { --tint: var(--cell-wrong); font-weight: 650 }
.matrix td.zero { color: var(--ink-soft); font-weight: 400 }
.matrix td.total, .matrix td.corner { background: none; color: var(--ink-soft) }
.matrix .corner { font-size: .78rem; text-align: right; vertical-align: bottom; border: 0 }
.matrix .corner span { display: block }

.facts dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); gap: 0 2rem;
  margin: 0; font-size: .9rem }
.facts dl > div { display: flex; gap: 1rem; justify-content: space-between; border-bottom: 1px solid var(--line);
  padding: .35rem 0; min-width: 0 } .facts dt { color: var(--ink-soft); flex: none }
.facts dd { margin: 0; text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
details.same-line { border: 0; margin: .5rem 0 0; padding: 0; color: var(--ink-soft); font-size: .84rem }
.same-line summary { font-weight: 400 } .same-line p { margin: 0 0 .4rem }
details { border-top: 1px solid var(--line); margin: 1rem 0 0; padding: .7rem 0 } details + details { margin-top: 0 }
summary { cursor: pointer; font-weight: 600 } details[open] > summary { margin-bottom: .6rem }
@media (min-width: 40.01rem) { .cards dt { min-height: 2.7em } }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 0 2.5rem;
  align-items: start } .columns > * { min-width: 0 }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--ink-soft);
  font-size: .84rem }

nav ol { list-style: none; margin: 0; padding: 0; font-size: .88rem }
nav a { color: var(--ink-soft); text-decoration: none; display: block; padding: .22rem 0; line-height: 1.35 }
nav a:hover { color: var(--ink) } nav a[aria-current] { color: var(--ink); font-weight: 600 }
nav summary { font-size: .9rem; color: var(--ink-soft) }
nav details { margin: 0 0 1rem; padding: .5rem 0; border-bottom: 1px solid var(--line) }
@media (min-width: 72rem) {
  .with-contents { display: grid; grid-template-columns: minmax(0, 1fr) 11.5rem; column-gap: 3.5rem }
  .with-contents > header, .with-contents > footer { grid-column: 1 / -1 }
  .with-contents main { grid-column: 1; grid-row: 2 }
  .with-contents nav { grid-column: 2; grid-row: 2; position: sticky; top: 1.5rem; align-self: start;
    max-height: calc(100vh - 3rem); overflow: auto; border-left: 1px solid var(--line); padding-left: 1.1rem }
  nav details { border: 0; padding: 0 } nav summary { display: none }
}
@media (max-width: 40rem) { body { font-size: 15.5px } .page { padding-top: 1.4rem } section { margin-top: 2.5rem }
.big { font-size: 1.7rem } .cards { grid-template-columns: 1fr 1fr; gap: 1rem 1.25rem }
  .table tbody th { position: sticky; left: 0; background: var(--ground); min-width: 7rem; max-width: 40vw;
    z-index: 1 } .table tbody th.short { white-space: normal }
  .table tr.marked > :first-child { background: var(--accent-soft) } }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
${CHART_STYLE}`
