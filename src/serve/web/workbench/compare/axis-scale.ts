import type { CellValue } from "@sourceprint/core/workbench/workbench-data.js"
import { numberOf, shortWords } from "../value-words.js"

/** Where a value stands on an axis. */
export interface AxisScale {
  /** In [0, 1]; undefined for a value that is not on the axis. */
  place(value: CellValue | undefined): number | undefined
  readonly ticks: readonly { readonly place: number; readonly label: string }[]
}

const LOG_RATIO = 20
const MOST_TICKS = 6
/** So that marks do not lie on the ends. */
const PAD = 0.05
const padded = (share: number): number => PAD + (1 - 2 * PAD) * share

/** The axis of some values: numbers on a line (logarithmic where they span more than 20 times), anything else side by
 *  side in the order of their text. */
export function axisScale(values: readonly (CellValue | undefined)[], unit?: string): AxisScale {
  const present = values.filter((value) => value !== undefined)
  const numbers = present.flatMap((value) => numberOf(value) ?? [])
  return numbers.length === present.length && numbers.length > 0 ? numberScale(numbers, unit) : nameScale(present, unit)
}

function numberScale(numbers: readonly number[], unit: string | undefined): AxisScale {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
  const isLog = low > 0 && high / low > LOG_RATIO
  const [from, to] = isLog ? [Math.log(low), Math.log(high)] : [low, high]
  const place = (number: number): number =>
    from === to ? 0.5 : padded(((isLog ? Math.log(number) : number) - from) / (to - from))
  const distinct = [...new Set(numbers)].sort((a, b) => a - b)
  const even = Array.from({ length: 4 }, (_, i) => from + ((to - from) * i) / 3).map((at) =>
    isLog ? Math.exp(at) : at,
  )
  const ticks = distinct.length <= MOST_TICKS ? distinct : even
  return {
    place: (value) => {
      const number = numberOf(value)
      return number === undefined ? undefined : place(number)
    },
    ticks: ticks.map((number) => ({ place: place(number), label: shortWords(number, unit) })),
  }
}

const byName = new Intl.Collator(undefined, { numeric: true })

function nameScale(values: readonly CellValue[], unit: string | undefined): AxisScale {
  const nameOf = (value: CellValue): string => shortWords(value, unit)
  const names = [...new Set(values.map(nameOf))].sort(byName.compare)
  const place = (name: string): number =>
    names.length === 1 ? 0.5 : padded(Math.max(0, names.indexOf(name)) / (names.length - 1))
  return {
    place: (value) => (value === undefined ? undefined : place(nameOf(value))),
    ticks: names.map((name) => ({ place: place(name), label: name })),
  }
}
