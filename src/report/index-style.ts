/** What only the index of runs needs. */
export const INDEX_STYLE = `
.page { max-width: 88rem } h1 { max-width: none } #list, #comparison { margin-top: 1.5rem }
.controls { align-items: center }
.controls label { display: inline-flex; gap: .45rem; align-items: center; color: var(--ink-soft) }
.controls input[type=search], .controls select { font: inherit; color: var(--ink); background: var(--ground);
  border: 1px solid var(--line-strong); border-radius: 4px; padding: .3rem .55rem }
.controls input[type=search] { width: min(22rem, 60vw) }
#runs td, #runs th { vertical-align: top } #runs .choose { width: 1.8rem; padding-left: .3rem }
#runs input { width: 1.05rem; height: 1.05rem; accent-color: var(--accent); margin: .15rem 0 0 }
#runs .name { min-width: 15rem; max-width: 28rem; font-weight: 600 }
#runs .verdict { min-width: 16rem; max-width: 30rem; color: var(--ink-soft) }
#runs .when { white-space: nowrap; color: var(--ink-soft) }
#runs tr.chosen > * { background: var(--accent-soft) }
.flag { display: inline-block; font-size: .74rem; font-weight: 600; padding: 0 .4em; border-radius: 3px;
  background: var(--warn-soft); color: var(--warn); margin-left: .4em }
.flag.unsafe { background: var(--bad-soft); color: var(--bad) }
.chosen-bar { position: sticky; bottom: 0; margin: 1rem 0 0; padding: .7rem 1rem; background: var(--ink);
  color: var(--ground); border-radius: 6px 6px 0 0; display: flex; gap: 1.2rem } .chosen-bar[hidden] { display: none }
.chosen-bar a { color: inherit; font-weight: 600 }
#runs thead td { border-bottom: 1.5px solid var(--ink) } #runs td.number, #runs .when { padding-left: .6rem }
.pager { display: flex; gap: 1rem; align-items: center; margin-top: 1rem } .pager[hidden] { display: none }
.pager button[disabled] { opacity: .35; cursor: default }
#comparison { border: 1px solid var(--line); border-radius: 6px; padding: 1.1rem 1.25rem 1.25rem;
  background: color-mix(in srgb, var(--sunk) 45%, var(--ground)) }
#comparison table { width: auto; min-width: 0 }
#comparison th, #comparison td { text-align: left; vertical-align: top; padding: .38rem 1.4rem .38rem 0;
  border-bottom: 1px solid var(--line); font-weight: 400; max-width: 22rem }
#comparison thead th { font-weight: 600; min-width: 9rem } #comparison tbody th { color: var(--ink-soft) }
#comparison .group th { padding-top: 1rem; font-weight: 650; color: var(--ink);
  border-bottom: 1.5px solid var(--ink) } #comparison .is-same { color: var(--ink-soft) }
.picture svg { display: block; width: 100%; max-width: 52rem; height: auto; font: 12px var(--text) }
.picture text { fill: var(--ink) } .picture .tick { fill: var(--ink-soft); font-size: 11px }
.picture .grid { stroke: var(--line) } .picture .whisker { stroke: var(--series-0); stroke-width: 1.6 }
.picture circle { fill: var(--series-0) }
@media print { .controls, .pager, .choose { display: none !important } }
`
