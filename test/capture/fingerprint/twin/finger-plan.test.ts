import assert from "node:assert/strict"
import { test } from "node:test"
import {
  type PatternClass,
  patternClasses,
  patternShares,
  planFinger,
} from "@sourceprint/capture/fingerprint/twin/finger-plan.js"

test("the classes come in their natural shares", () => {
  const counts = new Map<PatternClass, number>()
  const n = 6000
  for (let i = 0; i < n; i++) {
    const { pattern } = planFinger(3, `person-${i}/finger`)
    counts.set(pattern, (counts.get(pattern) ?? 0) + 1)
  }
  assert.ok(Math.abs(Object.values(patternShares).reduce((a, b) => a + b) - 1) < 1e-9)
  for (const pattern of patternClasses) {
    const share = patternShares[pattern]
    const deviation = Math.sqrt((share * (1 - share)) / n)
    const seen = (counts.get(pattern) ?? 0) / n
    assert.ok(Math.abs(seen - share) < 4 * deviation, `${pattern}: ${seen} instead of ${share}`)
  }
})

test("cores and deltas are as many as the class has, and they balance", () => {
  const expected = { arch: 0, "tented-arch": 1, "left-loop": 1, "right-loop": 1, whorl: 2, "double-loop": 2 }
  for (const pattern of patternClasses) {
    const plan = planFinger(1, "somebody/thumb", pattern)
    assert.equal(plan.pattern, pattern)
    assert.equal(plan.cores.length, expected[pattern])
    assert.equal(plan.deltas.length, expected[pattern])
  }
  const left = planFinger(1, "a/b", "left-loop")
  assert.ok(left.deltas[0].x > left.cores[0].x)
})

test("fingers of one person share habits, people differ", () => {
  const spread = (values: readonly number[]): number => {
    const mean = values.reduce((a, b) => a + b) / values.length
    return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length)
  }
  const periods = Array.from({ length: 60 }, (_, person) =>
    Array.from({ length: 5 }, (_, finger) => planFinger(2, `p${person}/f${finger}`).ridgePeriodPx),
  )
  const within = periods.map(spread).reduce((a, b) => a + b) / periods.length
  const between = spread(periods.map((list) => list.reduce((a, b) => a + b) / list.length))
  assert.ok(between > 1.3 * within, `${between} between people, ${within} within`)
})
