/** Charts, galleries and paper. */
export const CHART_STYLE = `
.plot { height: var(--plot-height); width: 100%; min-width: 0; overflow: hidden } .chart { min-width: 0 }
.chart.square { max-width: 34rem }
.plot .modebar-container { opacity: 0 } .plot:hover .modebar-container { opacity: 1 }
.chart-error { color: var(--bad) }
.gallery ul { list-style: none; margin: 0; padding: 0; display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(13rem, 100%), 1fr)); gap: 1.6rem 1.4rem }
.gallery li { min-width: 0 }
.gallery .item-title { font-weight: 600; font-size: .9rem; line-height: 1.35; margin: 0 0 .4rem;
  overflow-wrap: anywhere } .gallery li.error .item-title { color: var(--bad) }
.panels { display: flex; gap: .5rem }
.panel { border: 0; background: none; padding: 0; text-align: left; flex: 1 1 0; min-width: 0; cursor: zoom-in }
.stack { position: relative; display: flex; justify-content: center; background: #8a8d91; border-radius: 3px;
  overflow: hidden } .stack img { display: block; width: 100%; height: auto; max-height: 17rem; object-fit: contain }
.stack .overlay { position: absolute; inset: 0; height: 100%; opacity: 0 }
.stack .overlay.on { opacity: var(--overlay-strength, .7) }
.gallery dl { margin: .45rem 0 0; font-size: .82rem; line-height: 1.4 }
.gallery dl div { display: flex; justify-content: space-between; gap: .6rem } .gallery dt { color: var(--ink-soft) }
.gallery dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
.controls { display: flex; flex-wrap: wrap; gap: .4rem 1.6rem; align-items: center; margin: 0 0 1rem;
  font-size: .88rem }
.controls fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1rem }
.controls legend { float: left; color: var(--ink-soft); padding: 0 .6rem 0 0 }
.controls .strength { color: var(--ink-soft); display: flex; align-items: center; gap: .5rem }
.controls input { accent-color: var(--accent) }
dialog { border: 0; padding: 1rem; background: var(--ground); color: var(--ink); border-radius: 6px;
  max-width: min(96vw, 60rem); max-height: 96vh } dialog::backdrop { background: rgb(0 0 0 / .7) }
dialog .stack img { width: auto; min-width: min(70vw, 24rem); max-height: 74vh; max-width: 100% }
dialog .stack .overlay { width: 100%; max-width: none; object-fit: contain }
dialog .bar { display: flex; gap: .6rem; align-items: center; justify-content: space-between; margin-top: .7rem }
@media print {
  @page { margin: 14mm 13mm }
  body { font-size: 10pt } .page { max-width: none; padding: 0; display: block }
  nav, .controls, .skip, button.quiet, .data, .plot .modebar-container, .back { display: none !important }
  header { padding-bottom: .8rem; margin-bottom: 1rem } section { margin-top: 1.6rem }
  h2, h3, .caption { break-after: avoid } h1 { max-width: none }
  figure.chart, .banner, .gallery li, .cards > div, .facts div, tr { break-inside: avoid }
  thead { display: table-header-group }
  .banner, .matrix td, .table tr.marked > *, .stack, .big { -webkit-print-color-adjust: exact;
    print-color-adjust: exact }
  .scroll { overflow: visible } .table table { font-size: 8pt } .table th, .table td { padding-right: .5rem }
  .table thead button::after { content: "" }
  pre { max-height: none; white-space: pre-wrap } a { color: inherit }
  .gallery ul { grid-template-columns: repeat(4, 1fr) }
  .columns { grid-template-columns: 1fr 1fr; gap: 0 1.2rem }
}
`
