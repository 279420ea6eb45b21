import assert from "node:assert/strict"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { expandImage, packNibbles } from "@sourceprint/capture/fingerprint/r307/image-decoder.js"
import { measureQuality } from "@sourceprint/capture/quality/measure-quality.js"
import { QualityLimits } from "@sourceprint/capture/quality/parameters.js"
import { qualityReasons } from "@sourceprint/capture/quality/quality-gate.js"
import { grayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { ridgePattern } from "../../support/ridge-pattern.js"
import { sharedData, withoutData } from "../../support/shared-data.js"
import { spoilers } from "../../support/spoiled-touch.js"

const limits = QualityLimits.parse({})
const touch = (seed: number, shiftPx = 0) =>
  expandImage(packNibbles(ridgePattern(seed, shiftPx)), { width: 256, height: 288 }, "x17", 500)

test("an empty platen, a good touch, the same picture again", () => {
  const reasons = (...args: Parameters<typeof measureQuality>) =>
    qualityReasons(measureQuality(...args), limits).map(({ measure }) => measure)
  assert.ok(reasons(grayImage(256, 288, 200)).includes("coverage"))
  assert.deepEqual(reasons(touch(1), touch(2)), [])
  assert.deepEqual(reasons(touch(1), touch(1)), ["similarity"])
  assert.deepEqual(reasons(touch(1, 8), touch(1)), [])
})

test("the measures are what they say on images made for them", () => {
  const stripes = grayImage(160, 160)
  for (let i = 0; i < stripes.pixels.length; i++)
    stripes.pixels[i] = 128 + 60 * Math.sin((2 * Math.PI * (i % 160)) / 10)
  const quality = measureQuality(stripes)
  assert.equal(quality.coverage, 1)
  assert.ok(Math.abs(quality.contrast - 60 / Math.SQRT2) < 3)
  assert.ok(quality.movement > 0.99) // every edge lies in one direction
  assert.equal(quality.saturation, 0)
  const mirrored = { ...stripes, pixels: stripes.pixels.map((p) => (p > 128 ? 255 : 0)) }
  assert.ok(measureQuality(mirrored).saturation > 0.4)
})

test("real touches pass, the same touches spoiled do not", {
  skip: withoutData("fvc2002/DB2_B"),
}, async () => {
  const folder = sharedData("fvc2002/DB2_B") ?? ""
  const names = (await readdir(folder)).filter((name) => /^10[1-5]_1\.tif$/.test(name)).sort()
  const images = await Promise.all(names.map((name) => readGrayImage(join(folder, name))))
  const refused = (all: typeof images): number =>
    all.filter((image) => qualityReasons(measureQuality(image), limits).length > 0).length
  assert.equal(refused(images), 0)
  for (const [name, spoil] of spoilers) {
    assert.ok(refused(images.map(spoil)) >= 0.6 * images.length, `${name}: only ${refused(images.map(spoil))} refused`)
  }
})
