import assert from "node:assert/strict"
import { test } from "node:test"
import { holds } from "../../bench/prove/claim.js"
import { verificationFigures } from "../../bench/prove/units.js"
import { acrossStates, eerOf } from "../../bench/units/lost-rows.js"
import { simulatedTouch } from "../support/simulated-units.js"

/** Ten people touch a unit four times, twice in a state that loses two rows at the top. */
const touches = (unit: number, lostAt?: number) =>
  Array.from({ length: 40 }, (_, touch) => ({
    person: `p${touch % 10}`,
    image: simulatedTouch({ unit, touch, ...(touch >= 20 && lostAt !== undefined ? { lostAt } : {}) }),
  }))

test("a unit enrolled in one state of read-out is known in the other; a unit with one state has no trials", () => {
  const settings = { count: 8, many: 12, draws: 1 }
  const scores = acrossStates(touches(0, 16), touches(1), settings)
  assert.deepEqual(scores.states, [20, 20])
  assert.equal(scores.unknown, 0)
  assert.equal(scores.genuine.length, 2 * 10)
  assert.equal(scores.impostor.length, 2 * 40)
  assert.ok(eerOf(scores) < 0.03, `${eerOf(scores)}`)
  assert.ok(Number.isNaN(eerOf(acrossStates(touches(0), touches(1), settings))))
})

test("figures beside their bounds: too large an EER and a control that is told apart fall short", () => {
  const counted = { rate: 0, errors: 0, trials: 9, interval: { low: 0, high: 0.1, level: 0.95, method: "" } }
  const figures = (enrolmentImages: number, eer: number, splitUnit?: true) => {
    const result = { value: eer, interval: { low: eer - 0.05, high: eer + 0.05 } }
    return { enrolmentImages, ...(splitUnit && { splitUnit }), eer: result, fmr: counted, fnmr: counted }
  }
  const lines = (...verification: unknown[]) =>
    verificationFigures({ verification, tasks: [] } as never, new Map([[1, 10]]))
  const kept = lines(figures(1, 0.08), figures(4, 0.3), figures(4, 0.47, true))
  assert.deepEqual(
    kept.map(({ value, bound }) => [Number(value.toFixed(6)), bound?.value]),
    [
      [8, 10],
      [30, undefined],
      [0, 0],
    ],
  )
  assert.ok(kept.every(holds))
  assert.ok(!holds(lines(figures(1, 0.11))[0]))
  assert.ok(!holds(lines(figures(4, 0.4, true))[0]))
})
