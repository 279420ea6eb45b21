import assert from "node:assert/strict"
import { test } from "node:test"
import { crop } from "@sourceprint/core/image/crop.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import { directionPlacements } from "@sourceprint/match/fingerprint/minutiae/direction-placements.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { shiftCount, smoothShifts } from "@sourceprint/match/fingerprint/minutiae/shift-lattice.js"
import { syntheticPrint } from "../../../support/synthetic-print.js"

const { enrol, probe, compare } = minutiaeMatcher
const fingers = ["loop", "whorl", "arch"]
const references = await Promise.all(fingers.map((finger) => enrol([syntheticPrint(finger)])))

async function scoresOf(image: GrayImage): Promise<number[]> {
  const template = await probe(image)
  return references.map((reference) => compare(reference, template))
}

test("a tenth larger or smaller than it says, a finger is still itself", async () => {
  for (const scale of [0.9, 1.1]) {
    const print = syntheticPrint("loop", { dx: 6, turnRad: 0.1 })
    const { width, height, pixels } = resize(print, Math.round(print.width * scale), Math.round(print.height * scale))
    const [own, ...others] = await scoresOf({ width, height, pixels, dpi: 500 })
    assert.ok(own > 5 && own > 2 * Math.max(...others), `${scale}: ${own} ${others}`)
  }
})

test("twice as large and without a resolution, a finger is still itself", async () => {
  const print = syntheticPrint("loop", { dx: 6, turnRad: 0.1 })
  const { width, height, pixels } = resize(print, 2 * print.width, 2 * print.height)
  const [own, ...others] = await scoresOf({ width, height, pixels })
  assert.ok(own > 5 && own > 2 * Math.max(...others), `${own} ${others}`)
})

test("a piece of 128 × 128 pixels is placed by its ridges", async () => {
  const piece = crop(syntheticPrint("loop", { dx: 6, turnRad: 0.1 }), 90, 100, 128, 128)
  const [own, ...others] = await scoresOf(piece)
  assert.ok(own > 1.5 * Math.max(...others), `${own} ${others}`)
})

test("directions alone find where a piece of the same picture lies", async () => {
  const whole = await probe(syntheticPrint("whorl"))
  const piece = await probe(crop(syntheticPrint("whorl"), 70, 80, 160, 160))
  const [a, b] = [whole.views[0], piece.views[0]]
  assert.ok(a !== undefined && b !== undefined)
  const nearest = Math.min(
    ...directionPlacements(a, b).map(({ cos, sin, dx, dy }) =>
      // where the piece's middle comes to lie, against where it was cut
      Math.hypot(cos * 80 - sin * 80 + dx - 150, sin * 80 + cos * 80 + dy - 160),
    ),
  )
  assert.ok(nearest < 14, `${nearest} px off`)
})

test("neighbouring patches agree on one shift", () => {
  const [cols, rows] = [6, 5]
  const places = cols * rows
  const agreements = new Float32Array(places * shiftCount)
  for (let i = 0; i < places; i++) {
    // alike at 2 and, one patch in three more so, at a ridge's distance from it
    agreements[i * shiftCount + 6 + 2] = 0.8
    agreements[i * shiftCount + 6 - 4] = i % 3 === 0 ? 0.9 : 0.2
  }
  const even = { cols, rows, present: new Uint8Array(places).fill(1), ny: new Float32Array(places) }
  const shifts = smoothShifts({ ...even, nx: new Float32Array(places).fill(1), agreements })
  assert.ok(
    shifts.every((shift) => shift === 2),
    shifts.join(" "),
  )
})
