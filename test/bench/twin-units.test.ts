import assert from "node:assert/strict"
import { test } from "node:test"
import { renderReport } from "@sourceprint/report/render-report.js"
import type { StudyPlan, UnitScores } from "../../bench/twin-units/study-plan.js"
import { studyReport } from "../../bench/twin-units/study-report.js"
import { strengthAtRate, unitFigures } from "../../bench/twin-units/unit-figures.js"
import { correlation, studyFingers, touchesPerStrength, unitScores } from "../../bench/twin-units/unit-scores.js"

const plan: StudyPlan = {
  seed: 20,
  units: 3,
  strengths: [0, 1],
  enrolCounts: [1, 4],
  enrolPeople: 3,
  probePeople: 2,
  impressions: 1,
}

test("units of standard strength are told apart at 4 bits, and units without differences are not", () => {
  const fingers = studyFingers(plan)
  let steps = 0
  const tables = plan.strengths.flatMap((strength) => unitScores(plan, strength, fingers, () => steps++))
  assert.equal(steps, 2 * touchesPerStrength(plan))
  const figures = tables.map(unitFigures)
  const at = (strength: number, bits: number) =>
    figures.find((one) => one.strength === strength && one.bits === bits && one.enrolCount === 4)
  assert.equal(at(1, 4)?.rankOne.value, 1)
  assert.equal(at(1, 8)?.rankOne.value, 1)
  assert.equal(at(1, 4)?.probeCount, 6)
  const own = (strength: number): number =>
    Math.max(
      ...tables.filter((t) => t.strength === strength).flatMap(({ probes }) => probes.map((p) => p.scores[p.unit])),
    )
  assert.ok(own(0) < 0.02 && own(1) > 0.08, `${own(0)} at strength 0, ${own(1)} at strength 1`)
  assert.match(renderReport(studyReport(plan, figures)), /Simulated/)
})

test("figures of a table made by hand", () => {
  const row = (person: string, unit: number, scores: number[]) => ({ person, unit, scores })
  const table: UnitScores = {
    strength: 1,
    bits: 4,
    enrolCount: 1,
    probes: [row("a", 0, [0.9, 0.1]), row("a", 1, [0.2, 0.8]), row("b", 0, [0.3, 0.4]), row("b", 1, [0.5, 0.5])],
  }
  const { rankOne, eer } = unitFigures(table)
  assert.equal(rankOne.value, 0.5) // the third is wrong and the tie of the fourth counts against it
  assert.deepEqual([rankOne.interval.low, rankOne.interval.high], [0, 1])
  assert.ok(eer.value > 0.2 && eer.value < 0.4, `${eer.value}`)
  const curve = [0, 0.2, 1].map((strength, i) => {
    const of = unitFigures({ ...table, strength })
    return { ...of, rankOne: { ...of.rankOne, value: [0.1, 0.4, 0.8][i] } }
  })
  assert.ok(Math.abs(strengthAtRate(curve, 0.5) - 0.4) < 1e-9)
  assert.ok(Number.isNaN(strengthAtRate(curve, 0.9)))
})

test("correlation is Pearson's", () => {
  const a = Float32Array.of(1, 2, 3, 5)
  assert.ok(
    Math.abs(
      correlation(
        a,
        a.map((x) => 7 - 2 * x),
      ) + 1,
    ) < 1e-9,
  )
  assert.ok(Math.abs(correlation(a, Float32Array.of(1, -1, -1, 1)) - 1 / Math.sqrt(35)) < 1e-9) // by hand
})
