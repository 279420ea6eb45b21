import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { builtInCalibration } from "@sourceprint/match/built-in-calibration.js"
import { llrOf } from "@sourceprint/match/calibration.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { DEFAULT_FMR, describeOperatingPoint, operatingRates } from "@sourceprint/match/operating-points.js"
import { loadMatcher, matchersOf } from "@sourceprint/match/registry.js"

test("a lower false-match rate asks for a higher score and refuses more of the right fingers", () => {
  const points = minutiaeMatcher.operatingPoints?.points ?? []
  assert.deepEqual(
    points.map(({ fmr }) => fmr),
    [...operatingRates],
  )
  for (const [k, point] of points.entries()) {
    const [low, high] = point.thresholdInterval
    assert.ok(low <= point.threshold && point.threshold <= high, JSON.stringify(point))
    const before = points[k - 1]
    if (before !== undefined) assert.ok(point.threshold > before.threshold && point.fnmr >= before.fnmr)
  }
})

test("a rate that fewer than three impostor comparisons could show is called extrapolated", () => {
  const { points = [], impostor = 0 } = minutiaeMatcher.operatingPoints ?? {}
  for (const { fmr, extrapolated } of points) assert.equal(extrapolated, impostor * fmr < 3)
})

test("the calibration that a matcher brings along is that of its default rate", () => {
  const calibration = builtInCalibration(minutiaeMatcher)
  assert.equal(calibration.targetFmr, DEFAULT_FMR)
  assert.equal(calibration.matcher, "minutiae")
  assert.ok(llrOf(calibration, calibration.threshold) > 0)
  assert.ok(calibration.threshold > builtInCalibration(minutiaeMatcher, 0.01).threshold)
})

test("what has no threshold says so", () => {
  assert.throws(
    () => builtInCalibration(minutiaeMatcher, 0.5),
    (e) => hasCode(e, "match/operating-point") && /0\.0001/.test(e.message),
  )
  assert.throws(
    () => builtInCalibration({ id: "other" }),
    (e) => hasCode(e, "match/no-operating-points") && /match calibrate/.test(e.message),
  )
})

test("a point in words", () => {
  const point = { fmr: 0.0001, threshold: 2.5, fnmr: 0.034, extrapolated: true } as const
  const words = describeOperatingPoint({ ...point, thresholdInterval: [2, 3], fnmrInterval: [0, 0.1] })
  assert.equal(words, "threshold 2.50 for FMR 0.01 % (extrapolated), FNMR 3.4 % on the sets that chose it")
})

test("the list of matchers knows who brings thresholds", async () => {
  for (const entry of matchersOf("fingerprint").filter(({ id }) => id === "minutiae")) {
    const matcher = await loadMatcher("fingerprint", entry.id)
    assert.equal(entry.bringsThresholds === true, matcher.operatingPoints !== undefined)
  }
})
