import type { CellValue, RunRow } from "@sourceprint/core/workbench/workbench-data.js"
import { numberOf } from "../value-words.js"

/** A line of the list: one run, or those that differ in their seeds alone. */
export interface RunLine {
  readonly key: string
  readonly name: string
  readonly rows: readonly RunRow[]
  /** Of one run its own; of several the mean, with the smallest and the largest. */
  readonly figures: Readonly<Record<string, CellValue>>
}

/** Runs as lines, in their order; grouped, each line stands where its first run does. */
export function groupBySeed(rows: readonly RunRow[], isGrouped: boolean): RunLine[] {
  const groups = new Map<string, RunRow[]>()
  for (const row of rows) {
    const key = isGrouped ? row.seedGroup : row.name
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups].map(([key, own]) => ({
    key,
    name: own.map(({ name }) => name).join(", "),
    rows: own,
    figures: own.length === 1 ? (own[0]?.figures ?? {}) : meanFigures(own),
  }))
}

function meanFigures(rows: readonly RunRow[]): Record<string, CellValue> {
  const keys = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))]
  return Object.fromEntries(
    keys.flatMap((key): [string, CellValue][] => {
      const values = rows.flatMap(({ figures }) => numberOf(figures[key]) ?? [])
      const texts = [...new Set(rows.flatMap(({ figures }) => figures[key] ?? []))]
      if (values.length === 0) return texts.length === 0 ? [] : [[key, texts.join(", ")]]
      const value = values.reduce((sum, one) => sum + one, 0) / values.length
      return [[key, { value, low: Math.min(...values), high: Math.max(...values) }]]
    }),
  )
}
