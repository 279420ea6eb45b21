import type { ComparedRow, ValueColumn } from "@sourceprint/core/workbench/workbench-data.js"
import { shortWords, valueWords } from "../value-words.js"
import { axisScale } from "./axis-scale.js"

const WIDTH = 640
const HEIGHT = 300
const [LEFT, RIGHT, TOP, BOTTOM] = [80, 16, 14, 46]
const x = (place: number): number => LEFT + (WIDTH - LEFT - RIGHT) * place
const y = (place: number): number => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * place

/** A figure with its interval against one setting, a mark a model. The table above has the same numbers. */
export function SettingPlot(props: { rows: readonly ComparedRow[]; metric: ValueColumn; setting: ValueColumn }) {
  const { rows, metric, setting } = props
  const ends = rows.flatMap(({ values }) => {
    const value = values[metric.key]
    return typeof value === "object" ? [value.low, value.value, value.high] : value === undefined ? [] : [value]
  })
  const up = axisScale(ends, metric.unit)
  const along = axisScale(
    rows.map(({ values }) => values[setting.key]),
    setting.unit,
  )
  const words = `${metric.label} against ${setting.label}, ${rows.length} models`
  return (
    <figure class="plot">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words}>
        <line class="axis" x1={LEFT} y1={HEIGHT - BOTTOM} x2={WIDTH - RIGHT} y2={HEIGHT - BOTTOM} />
        <line class="axis" x1={LEFT} y1={TOP} x2={LEFT} y2={HEIGHT - BOTTOM} />
        {spaced(up.ticks).map(({ place, label }) => (
          <g key={label}>
            <line class="grid" x1={LEFT} y1={y(place)} x2={WIDTH - RIGHT} y2={y(place)} />
            <text x={LEFT - 6} y={y(place) + 4} text-anchor="end">
              {label}
            </text>
          </g>
        ))}
        {along.ticks.map(({ place, label }) => (
          <text key={label} x={x(place)} y={HEIGHT - BOTTOM + 17} text-anchor="middle">
            {label.length > 14 ? `${label.slice(0, 13)}…` : label}
          </text>
        ))}
        <text x={x(0.5)} y={HEIGHT - 8} text-anchor="middle" class="name">
          {setting.label}
        </text>
        {rows.map(({ run, model, values }) => {
          const [value, at, height] = [
            values[metric.key],
            along.place(values[setting.key]),
            up.place(values[metric.key]),
          ]
          if (at === undefined || height === undefined) return null
          return (
            <g key={`${run} ${model}`} class="mark-of-model">
              <title>{`${run} ${model}: ${valueWords(value, metric.unit)}, ${shortWords(values[setting.key])}`}</title>
              {typeof value === "object" && (
                <line
                  class="range"
                  x1={x(at)}
                  x2={x(at)}
                  y1={y(up.place(value.low) ?? height)}
                  y2={y(up.place(value.high) ?? height)}
                />
              )}
              <circle cx={x(at)} cy={y(height)} r={5} />
            </g>
          )
        })}
      </svg>
      <figcaption class="hint">{words}; a line is the 95 % interval over fingers.</figcaption>
    </figure>
  )
}

const CLOSEST = 0.08

/** Ticks that do not cover each other. */
function spaced<Tick extends { readonly place: number }>(ticks: readonly Tick[]): Tick[] {
  const kept: Tick[] = []
  for (const tick of ticks) {
    const before = kept.at(-1)
    if (before === undefined || tick.place - before.place >= CLOSEST) kept.push(tick)
  }
  return kept
}
