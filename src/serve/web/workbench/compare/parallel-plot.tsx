import { useSignal } from "@preact/signals"
import type { ComparedRow, ValueColumn } from "@sourceprint/core/workbench/workbench-data.js"
import { SelectField } from "../../ui/select-field.js"
import { valueWords } from "../value-words.js"
import { axisScale } from "./axis-scale.js"

const HEIGHT = 320
const [TOP, BOTTOM] = [34, 16]
const STEP = 130
const MARGIN = 70
const MOST_AXES = 10
const y = (place: number): number => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * place
const x = (axis: number): number => MARGIN + axis * STEP

/** One line a model through its settings to its figure; the rows are in order, the best is drawn strongest, and any one
 *  can be picked out. The table above has the same values. */
export function ParallelPlot(props: {
  readonly rows: readonly ComparedRow[]
  readonly metric: ValueColumn
  readonly settings: readonly ValueColumn[]
}) {
  const { rows, metric, settings } = props
  const picked = useSignal("")
  const axes = [...settings.slice(0, MOST_AXES - 1), metric]
  const scales = axes.map(({ key, unit }) =>
    axisScale(
      rows.map(({ values }) => values[key]),
      unit,
    ),
  )
  const width = 2 * MARGIN + (axes.length - 1) * STEP
  const keyOf = ({ run, model }: ComparedRow): string => `${run} ${model}`
  const words = `${rows.length} models through ${axes.map(({ label }) => label).join(", ")}`
  const path = ({ values }: ComparedRow): string =>
    scales
      .flatMap((scale, i) => {
        const place = scale.place(values[axes[i]?.key ?? ""])
        return place === undefined ? [] : [`${x(i)},${y(place).toFixed(1)}`]
      })
      .join(" ")
  const strength = (row: ComparedRow, rank: number): string =>
    picked.value === ""
      ? rank === 0
        ? "best"
        : rank < rows.length / 4
          ? "good"
          : "other"
      : keyOf(row) === picked.value
        ? "best"
        : "other"
  return (
    <>
      <SelectField
        label="Pick out"
        choices={[
          { value: "", label: "the best" },
          ...rows.map((row) => ({ value: keyOf(row), label: `${row.title}: ${row.model}` })),
        ]}
        value={picked.value}
        onChoose={(key) => (picked.value = key)}
      />
      <figure class="plot">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <section class="scroll" tabIndex={0} aria-label="Parallel coordinates, scrolls sideways">
          <svg viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} role="img" aria-label={words}>
            {rows
              .map((row, rank) => ({ row, mood: strength(row, rank) }))
              .sort((a, b) => (a.mood === "best" ? 1 : 0) - (b.mood === "best" ? 1 : 0))
              .map(({ row, mood }) => (
                <polyline key={keyOf(row)} class={`thread ${mood}`} points={path(row)}>
                  <title>{`${row.title} ${row.model}: ${valueWords(row.values[metric.key], metric.unit)}`}</title>
                </polyline>
              ))}
            {axes.map(({ key, label }, i) => (
              <g key={key}>
                <line class="axis" x1={x(i)} y1={TOP} x2={x(i)} y2={HEIGHT - BOTTOM} />
                <text x={x(i)} y={i % 2 === 0 ? 12 : 26} text-anchor="middle" class="name">
                  {shortened(label)}
                </text>
                {scales[i]?.ticks.map((tick) => (
                  <text key={tick.label} x={x(i) + 5} y={y(tick.place) + 4}>
                    {shortened(tick.label)}
                  </text>
                ))}
              </g>
            ))}
          </svg>
        </section>
        <figcaption class="hint">
          {words}
          {settings.length > MOST_AXES - 1 &&
            `; ${settings.length - MOST_AXES + 1} more settings differ, see the table`}
          .
        </figcaption>
      </figure>
    </>
  )
}

const shortened = (text: string): string => (text.length > 18 ? `…${text.slice(-17)}` : text)
