import assert from "node:assert/strict"
import { test } from "node:test"
import type { LoadedCell } from "@sourceprint/train/report/load-run.js"
import { worstDecisions } from "@sourceprint/train/report/worst-errors.js"
import type { CellScore } from "@sourceprint/train/run-record.js"

const row = (path: string, label: 0 | 1, score: number, side: "dev" | "eval" = "eval"): CellScore => ({
  side,
  path,
  label,
  score,
  scanner: "s",
  group: "g",
})
/** A cell with what choosing errors needs of it. */
const cell = (task: string, threshold: number, scores: CellScore[]): LoadedCell => {
  const metrics = { task, threshold: { threshold } } as LoadedCell["metrics"]
  return { metrics, scores, done: {} as LoadedCell["done"] }
}

test(
  "the surest errors first, then the narrowest right decisions; dev does not count; an image stands " +
    "once a task",
  () => {
    const scores = [
      row("near", 1, 0.51),
      row("sure", 0, 0.99),
      row("slip", 1, 0.4),
      row("right", 1, 0.95),
      row("dev", 0, 1, "dev"),
    ]
    const judged = worstDecisions([cell("t", 0.5, scores), cell("t", 0.5, [row("sure", 0, 0.7)])], 4)
    assert.deepEqual(
      judged.map(({ row: { path, score }, isError }) => [path, score, isError]),
      [
        ["sure", 0.99, true],
        ["slip", 0.4, true],
        ["near", 0.51, false],
        ["right", 0.95, false],
      ],
    )
  },
)
