import assert from "node:assert/strict"
import { test } from "node:test"
import type { LoadedJob } from "@sourceprint/train/report/load-run.js"
import { worstDecisions } from "@sourceprint/train/report/worst-errors.js"
import type { JobScore } from "@sourceprint/train/run-record.js"

const row = (path: string, label: 0 | 1, score: number, side: "dev" | "eval" = "eval"): JobScore => ({
  side,
  path,
  label,
  score,
  scanner: "s",
  group: "g",
})
/** A job with what choosing errors needs of it. */
const job = (task: string, threshold: number, scores: JobScore[]): LoadedJob => {
  const metrics = { task, threshold: { threshold } } as LoadedJob["metrics"]
  return { metrics, scores, done: {} as LoadedJob["done"] }
}

test(
  "the surest errors first, then the narrowest right decisions; dev does not count; an image stands " + "once a task",
  () => {
    const scores = [
      row("near", 1, 0.51),
      row("sure", 0, 0.99),
      row("slip", 1, 0.4),
      row("right", 1, 0.95),
      row("dev", 0, 1, "dev"),
    ]
    const judged = worstDecisions([job("t", 0.5, scores), job("t", 0.5, [row("sure", 0, 0.7)])], 4)
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
