import assert from "node:assert/strict"
import { test } from "node:test"
import { pressFinger, type ViewMap } from "@sourceprint/capture/fingerprint/twin/contact.js"
import { growFinger } from "@sourceprint/capture/fingerprint/twin/finger.js"
import type { Placement } from "@sourceprint/capture/fingerprint/twin/placement.js"
import { Rng } from "@sourceprint/core/rng.js"
import fc from "fast-check"

const finger = growFinger(1, "p01/right-index")
const still: Placement = {
  shiftX: 0,
  shiftY: 0,
  rotationRad: 0,
  pressure: 0.5,
  moisture: 0,
  dragX: 0,
  dragY: 0,
  twistRad: 0,
  cut: undefined,
  smudgePx: 0,
  smudgeRad: 0,
}

/** A small window about the middle of the platen, every fourth pixel. */
function windowOf(width: number, height: number): ViewMap {
  const place = (f: (x: number, y: number) => number): Float32Array =>
    Float32Array.from({ length: width * height }, (_, i) => f(i % width, Math.floor(i / width)))
  return {
    width,
    height,
    platenX: place((x) => 4 * (x - width / 2)),
    platenY: place((_, y) => 4 * (y - height / 2)),
  }
}
const view = windowOf(64, 72)
const press = (more: Partial<Placement> = {}, seed = "press") =>
  pressFinger(finger, { ...still, ...more }, view, new Rng(seed))

test("contact is a share of every pixel, whatever the touch", () => {
  const span = (most: number) => fc.double({ min: -most, max: most, noNaN: true })
  const placements = fc.record({
    shiftX: span(400),
    shiftY: span(400),
    rotationRad: span(7),
    pressure: fc.double({ min: 0, max: 1, noNaN: true }),
    moisture: span(1),
    dragX: span(30),
    dragY: span(30),
    twistRad: span(1),
    smudgePx: fc.double({ min: 0, max: 8, noNaN: true }),
    smudgeRad: span(4),
  })
  fc.assert(
    fc.property(placements, (placement) => {
      const { contact, coverage } = press(placement)
      assert.ok(coverage >= 0 && coverage <= 1)
      assert.ok(contact.every((share) => share >= 0 && share <= 1)) // false for NaN
    }),
    { numRuns: 25 },
  )
})

test("the same touch is the same, another grain of skin is not", () => {
  assert.deepEqual(press(), press())
  assert.notDeepEqual(press().contact, press({}, "another").contact)
})

test("a finger beside the window touches nothing; a harder press and a whole one touch more", () => {
  const beside = press({ shiftX: 2000 })
  assert.equal(beside.coverage, 0)
  assert.ok(beside.contact.every((share) => share === 0))
  assert.ok(press({ pressure: 1 }).coverage > press({ pressure: 0.1 }).coverage)
  const cut = { nx: 1, ny: 0, distancePx: 0 }
  const half = press({ cut })
  assert.ok(half.coverage < 0.7 * press().coverage)
  for (let y = 0; y < view.height; y++)
    assert.equal(half.contact[y * view.width + view.width - 1], 0, "nothing right of the cut")
})

test("a slip blurs: what one pixel touches is spread, and no more than before touches in all", () => {
  const [sharp, slipped] = [press(), press({ smudgePx: 6 })]
  const roughness = (contact: Float32Array): number =>
    contact.reduce((sum, share, i) => sum + (i === 0 ? 0 : Math.abs(share - contact[i - 1])), 0)
  const total = (contact: Float32Array): number => contact.reduce((sum, share) => sum + share, 0)
  assert.ok(roughness(slipped.contact) < 0.8 * roughness(sharp.contact))
  assert.ok(Math.abs(total(slipped.contact) / total(sharp.contact) - 1) < 0.1)
})
