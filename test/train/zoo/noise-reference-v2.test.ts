import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { usablePixels } from "@sourceprint/model/features/sensor-marks.js"
import { alignToUnit, emptyPattern, enrolInUnit } from "@sourceprint/model/features/unit-pattern.js"
import { unitResidual } from "@sourceprint/model/features/unit-residual.js"
import { readClassicalModel } from "@sourceprint/model/read-classical-model.js"
import type { LabelledRows } from "@sourceprint/train/zoo/model-entry.js"
import { noiseReferenceV2 } from "@sourceprint/train/zoo/noise-reference-v2.js"
import { SIDE_PX, simulatedTouch, type UnitTouch } from "../../support/simulated-units.js"

const rowsOf = (touches: readonly UnitTouch[]): LabelledRows => {
  const rowLength = SIDE_PX * SIDE_PX
  const rows = new Float32Array(touches.length * rowLength)
  touches.forEach((touch, i) => void rows.set(simulatedTouch(touch).pixels, i * rowLength))
  return {
    rows,
    rowLength,
    labels: Uint8Array.from(touches, ({ unit }) => (unit === 0 ? 1 : 0)),
    sources: Uint16Array.from(touches, ({ unit }) => unit),
  }
}
const many = (unit: number, from: number, count: number): UnitTouch[] =>
  Array.from({ length: count }, (_, i) => ({ unit, touch: from + i }))

const { recipe } = noiseReferenceV2.plan(undefined, { region: { kind: "sensor-window", sidePx: SIDE_PX } })
assert.ok(recipe.kind === "classical")
const { fit } = recipe
const probes = rowsOf([...many(0, 100, 6), ...many(1, 100, 4), ...many(2, 100, 4)])

test("images of a unit add up to its pattern: other touches are accepted, other units are not", () => {
  const model = fit(rowsOf(many(0, 0, 12)), rowsOf([...many(0, 20, 1), ...many(1, 20, 1)]), 1)
  const scores = [...model.predict(probes.rows)]
  assert.ok(Math.min(...scores.slice(0, 6)) > 0.5, `${scores}`)
  assert.ok(Math.max(...scores.slice(6)) < 0.5, `${scores}`)
})

test("rows that an image lacks do not hide the unit; each later image is enrolled without the ones before", () => {
  let pattern = emptyPattern(SIDE_PX, SIDE_PX)
  for (const touch of many(0, 0, 8)) pattern = enrolInUnit(pattern, unitResidual(simulatedTouch(touch)))
  const whole = alignToUnit(pattern, unitResidual(simulatedTouch({ unit: 0, touch: 100 })))
  const lost = alignToUnit(pattern, unitResidual(simulatedTouch({ unit: 0, touch: 100, lostAt: 48 })))
  assert.deepEqual(whole.shifts, Array(8).fill(0))
  assert.deepEqual(lost.shifts, [0, 0, 0, 2, 2, 2, 2, 2])
  assert.ok(lost.score > 0.6 * whole.score && lost.score > 6, `${lost.score} of ${whole.score}`)
  const other = alignToUnit(pattern, unitResidual(simulatedTouch({ unit: 1, touch: 100, lostAt: 48 })))
  assert.ok(other.score < 5, `${other.score}`)
  // Images with lost rows are laid on the pattern where they belong.
  const { score } = alignToUnit(
    enrolInUnit(pattern, unitResidual(simulatedTouch({ unit: 0, touch: 50, lostAt: 48 }))),
    unitResidual(simulatedTouch({ unit: 0, touch: 100 })),
  )
  assert.ok(score > whole.score, `${score} with one image more, ${whole.score} before`)
  assert.throws(() => alignToUnit(pattern, new Float32Array(5)), RangeError)
})

test("a mark that every image shows is found and left out; without marks, or with few images, nothing is", () => {
  const usable = usablePixels(many(0, 0, 24).map((touch) => simulatedTouch({ ...touch, mark: true })))
  const at = (x: number, y: number): number => usable[y * SIDE_PX + x]
  for (const [x, y] of [
    [50, 75],
    [79, 75],
    [65, 60],
    [65, 89],
  ] as const)
    assert.equal(at(x, y), 0, `${x}, ${y}`)
  const share = (mask: Uint8Array): number => mask.reduce((sum, keep) => sum + keep, 0) / mask.length
  assert.ok(share(usable) > 0.7, `${share(usable)}`)
  assert.ok(share(usablePixels(many(0, 0, 24).map(simulatedTouch))) > 0.97)
  assert.equal(share(usablePixels(many(0, 0, 3).map((touch) => simulatedTouch({ ...touch, mark: true })))), 1)
  const flat = many(0, 0, 24).map(simulatedTouch)
  for (const { pixels } of flat) pixels.fill(255, 0, 20 * SIDE_PX) // what the sensor does not see
  assert.equal(Math.max(...usablePixels(flat).subarray(0, 20 * SIDE_PX)), 0)
})

test("it tells known units apart; saved and read again it is the same model; a cut file is refused", () => {
  const training = rowsOf([...many(0, 0, 6), ...many(1, 0, 6), ...many(2, 0, 6)])
  const model = fit(training, rowsOf([...many(0, 20, 1), ...many(1, 20, 1)]), 1)
  const scores = model.predict(probes.rows)
  assert.ok(
    [...scores].every((score, i) => score > 0.5 === (probes.labels[i] === 1)),
    `${scores}`,
  )
  const files = model.files()
  assert.deepEqual(readClassicalModel(model.kind, files).predict(probes.rows), scores)
  const cut = new Map([...files].map(([name, bytes]) => [name, bytes.subarray(0, bytes.length - 4)]))
  assert.throws(
    () => readClassicalModel(model.kind, cut),
    (e) => hasCode(e, "model/broken"),
  )
  assert.throws(() => model.predict(probes.rows.subarray(1)), RangeError)
})

test("a window that follows the print, or several patches, are refused", () => {
  for (const view of [
    { region: { kind: "common-window", sidePx: 128 } },
    { region: { kind: "sensor-window", sidePx: 128 }, patches: { sidePx: 64, grid: 2 } },
  ] as const)
    assert.throws(
      () => noiseReferenceV2.plan(undefined, view),
      (e) => hasCode(e, "zoo/view") && e.message.includes("sensor-window"),
    )
})
