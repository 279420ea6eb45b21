import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { formatScores, type JobScore, parseScores } from "@sourceprint/train/run-record.js"
import fc from "fast-check"

const text = fc.string({ minLength: 1, unit: "grapheme" }).map((s) => `x${s.replaceAll("\r", "")}`)
const score = fc.record<JobScore>({
  side: fc.constantFrom("dev", "eval"),
  path: text,
  scanner: text,
  group: text,
  label: fc.constantFrom(0, 1),
  score: fc.float({ min: 0, max: 1, noNaN: true }),
})

test("every float32 score comes back, whatever the names contain", () => {
  fc.assert(
    fc.property(fc.array(score), (scores) => {
      const back = parseScores(formatScores(scores), "scores.csv")
      assert.deepEqual(
        back.map((row) => ({ ...row, score: Math.fround(row.score) })),
        scores.map((row) => ({ ...row, score: row.score + 0 })),
      )
    }),
  )
})

test("another table is refused", () => {
  for (const bad of [
    "",
    "a,b\n",
    "side,path,scanner,group,label,score\ntest,p,s,g,1,0.5\n",
    "side,path,scanner,group,label,score\ndev,p,s,g,1,high\n",
  ]) {
    assert.throws(
      () => parseScores(bad, "scores.csv"),
      (e) => hasCode(e, "run/damaged"),
    )
  }
})
