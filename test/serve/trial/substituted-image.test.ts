import assert from "node:assert/strict"
import { test } from "node:test"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { substitutedImage } from "@sourceprint/serve/trial/substituted-image.js"
import { lineImage } from "@sourceprint/serve/trial/trial-context.js"

const SEED = 5
const touches = new SyntheticImpressions(SEED, ScannerSettings.parse({ seed: SEED }))
const who = { seed: SEED, name: "person-1", unit: "unit-1", other: "unit-2", turn: 0 }
const own = lineImage(touches, "person-1", "unit-1", 0, 200)
const meanDistance = (a: GrayImage, b: GrayImage): number =>
  a.pixels.reduce((sum, pixel, i) => sum + Math.abs(pixel - b.pixels[i]), 0) / a.pixels.length
const mean = ({ pixels }: GrayImage): number => pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length

test("a strange scanner shows the same touch by another design, then by a unit that no model knows", async () => {
  const [model, unit] = await Promise.all(
    [0, 1].map((turn) => substitutedImage("strange-scanner", touches, { ...who, turn }, 200)),
  )
  assert.ok(meanDistance(model, own) > meanDistance(unit, own), "the same design is more alike than another")
  assert.notDeepEqual(unit.pixels, own.pixels)
})

test("a handled image is the unit's own after a step, each turn another, and the same again", async () => {
  const [jpeg, smaller] = await Promise.all(
    [0, 1].map((turn) => substitutedImage("handled-image", touches, { ...who, turn }, 200)),
  )
  assert.ok(meanDistance(jpeg, own) > 0 && meanDistance(jpeg, own) < 5)
  assert.equal(smaller.width, Math.round(0.9 * own.width))
  assert.deepEqual(await substitutedImage("handled-image", touches, { ...who, turn: 3 }, 200), {
    ...(await substitutedImage("handled-image", touches, { ...who, turn: 3 }, 200)),
  })
})

test("matched levels: another unit's touch with the levels of one on the right unit", async () => {
  const forged = await substitutedImage("matched-levels", touches, who, 200)
  const stolen = lineImage(touches, "person-1", "unit-1", 0, 1)
  const captured = lineImage(touches, "person-1", "unit-2", 0, 200)
  assert.ok(Math.abs(mean(forged) - mean(stolen)) < Math.max(1, Math.abs(mean(captured) - mean(stolen))))
  assert.notDeepEqual(forged.pixels, captured.pixels)
})
