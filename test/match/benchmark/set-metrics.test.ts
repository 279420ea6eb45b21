import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { Rng } from "@sourceprint/core/rng.js"
import type { SetScores } from "@sourceprint/match/benchmark/score-file.js"
import { meanEer, setMetrics } from "@sourceprint/match/benchmark/set-metrics.js"
import { calibrate, identificationThreshold, llrOf, parseCalibration } from "@sourceprint/match/calibration.js"
import { fuse, fuseComparisons, MAX_LLR } from "@sourceprint/match/fusion.js"

/** All pairs of `fingers` × 4 templates with normal scores, `apart` deviations between the classes. */
function scoresOf(fingers: number, apart: number, seed: number): SetScores {
  const rng = new Rng(seed)
  const templates = Array.from({ length: fingers * 4 }, (_, i) => ({
    id: `t${i}`,
    identity: `f${Math.floor(i / 4)}`,
    role: "reference" as const,
    images: [`t${i}.bmp`],
    failure: i === 0 ? "no-fingerprint" : null,
    quality: i === 0 ? 0 : 50 + (i % 40),
    cpuMs: 2,
  }))
  const comparisons: SetScores["comparisons"][number][] = []
  for (let i = 0; i < templates.length; i++) {
    for (let j = i + 1; j < templates.length; j++) {
      const genuine = templates[i].identity === templates[j].identity
      const score = i === 0 ? 0 : Math.max(0, 10 + (genuine ? apart : 0) + rng.normal())
      comparisons.push({ reference: i, probe: j, genuine, score })
    }
  }
  return { matcher: "test", set: `set${seed}`, templates, comparisons, compareCpuMs: comparisons.length * 3 }
}

test("the EER of two normal classes is what theory says, a failure to enrol is in it", () => {
  const set = scoresOf(40, 3, 1)
  const m = setMetrics(set, 1)
  // P(N > 1.5) = 0.0668; 3 of 240 genuine pairs and 156 of 12480 impostors involve the failure, all scored 0.
  assert.ok(Math.abs(m.eer - 0.072) < 0.02, String(m.eer))
  assert.ok(m.eerInterval.low < m.eer && m.eer < m.eerInterval.high)
  assert.deepEqual([m.failureToEnrol.errors, m.failureToEnrol.trials], [1, 160])
  assert.equal(m.compareCpuMs, 3)
  assert.equal(m.enrolCpuMs.mean, 2)
  const { identification } = m
  assert.equal(identification?.galleryCount, 40)
  assert.ok(identification !== undefined && identification.fpir <= 0.01)
  assert.ok(identification.cmc[0] <= identification.cmc[4])
})

test("the mean over sets lies between them and has a narrower interval than each", () => {
  const sets = [scoresOf(20, 2, 2), scoresOf(20, 4, 3)]
  const each = sets.map((set) => setMetrics(set, 1))
  const mean = meanEer(sets, 1)
  assert.ok(Math.abs(mean.value - (each[0].eer + each[1].eer) / 2) < 1e-12)
  assert.ok(mean.interval.high - mean.interval.low < each[0].eerInterval.high - each[0].eerInterval.low)
})

test("a calibration keeps the false-match rate on its own scores and refuses what data cannot support", () => {
  const set = scoresOf(40, 5, 4)
  const calibration = calibrate([set], 0.001)
  const impostors = set.comparisons.filter((c) => !c.genuine)
  const falseMatches = impostors.filter((c) => c.score >= calibration.threshold).length
  assert.equal(falseMatches / impostors.length, calibration.observed.fmr)
  assert.ok(calibration.observed.fmr <= 0.001)
  assert.deepEqual(parseCalibration(JSON.stringify(calibration), "c.json"), calibration)
  assert.ok(llrOf(calibration, 16) > 0 && llrOf(calibration, 9) < 0)
  assert.ok(identificationThreshold(calibration, 1000) > calibration.threshold)
  assert.ok(Math.abs(identificationThreshold(calibration, 1) - calibration.threshold) < 1e-9)
  assert.throws(
    () => calibrate([set], 1e-6),
    (e) => hasCode(e, "calibration/too-few") && /3000000/.test(e.message),
  )
  assert.throws(
    () => parseCalibration('{"format":"other"}', "c.json"),
    (e) => hasCode(e, "calibration/format"),
  )
})

test("fusing two independent matchers errs less than either", () => {
  const [first, second] = [scoresOf(20, 3, 5), scoresOf(20, 3, 6)]
  const [a, b] = [first, second].map((set) => calibrate([set], 0.01))
  const fused: SetScores = {
    ...first,
    comparisons: first.comparisons.map((c, i) => ({
      ...c,
      score:
        100 +
        fuse([
          { name: "a", llr: llrOf(a, c.score) },
          { name: "b", llr: llrOf(b, second.comparisons[i].score) },
        ]),
    })),
  }
  const eer = (set: SetScores): number => setMetrics(set, 1).eer
  assert.ok(eer(fused) < Math.min(eer(first), eer(second)))
})

test("looks at one finger are averaged, several fingers add up, and the strictest threshold counts", () => {
  const calibration = calibrate([scoresOf(30, 3, 1)], 0.01)
  const stricter = { ...calibration, threshold: calibration.threshold + 1 }
  const at = llrOf(stricter, stricter.threshold)
  const parts = [
    { name: "left", llr: at / 2 + 0.1, calibration },
    { name: "right", llr: at / 2 + 0.1, calibration: stricter },
  ]
  const [one, two] = [fuseComparisons(parts), fuseComparisons(parts, 2)]
  assert.ok(Math.abs(one.llr - (at / 2 + 0.1)) < 1e-9 && Math.abs(two.llr - (at + 0.2)) < 1e-9)
  assert.equal(two.threshold, at)
  assert.deepEqual([one.accepted, two.accepted], [false, true])
})

test("no single piece of evidence decides alone", () => {
  assert.equal(fuse([{ name: "finger", llr: 1000 }]), MAX_LLR)
  assert.equal(
    fuse([
      { name: "finger", llr: Number.POSITIVE_INFINITY },
      { name: "scanner", llr: -10 },
    ]),
    0,
  )
  assert.equal(fuse([{ name: "finger", llr: 4, weight: 0.5 }]), 2)
  assert.throws(() => fuse([]), RangeError)
  assert.throws(() => fuse([{ name: "x", llr: Number.NaN }]), RangeError)
})
