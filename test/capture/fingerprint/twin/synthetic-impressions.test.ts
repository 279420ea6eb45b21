import assert from "node:assert/strict"
import { test } from "node:test"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"

const settings = ScannerSettings.parse({})
const request = { finger: "person-01/right-index", unit: "unit-01", session: 0, impression: 0 }
/** Shared by the tests, as growing a finger takes a second. */
const source = new SyntheticImpressions(7, settings)

test("a touch is repeatable, whatever came before it", () => {
  const fresh = new SyntheticImpressions(7, settings)
  source.empty("unit-02", 1, 0)
  source.impression({ ...request, unit: "unit-03", impression: 4 })
  assert.deepEqual(source.impression(request), fresh.impression(request))
})

test("a touch changes with each part of its request and with the seed", () => {
  const { pixels } = source.impression(request).image
  for (const change of [{ unit: "unit-02" }, { session: 1 }, { impression: 1 }]) {
    assert.notDeepEqual(source.impression({ ...request, ...change }).image.pixels, pixels)
  }
  assert.notDeepEqual(new SyntheticImpressions(8, settings).impression(request).image.pixels, pixels)
})

test("an image is an R307's: 256 x 288, 500 dpi, the nibbles its upper four bits, dark ridges on bright glass", () => {
  const { image, nibbles, coverage } = source.impression({ ...request, impression: 2 })
  assert.deepEqual([image.width, image.height, image.dpi], [256, 288, 500])
  assert.equal(nibbles.length, 256 * 288)
  assert.ok(nibbles.every((level, i) => level === image.pixels[i] >> 4))
  assert.ok(coverage > 0.1 && coverage <= 1, `coverage ${coverage}`)
  const bare = source.empty("unit-01", 0, 0)
  assert.equal(bare.coverage, 0)
  const mean = (values: Uint8Array): number => values.reduce((a, b) => a + b) / values.length
  assert.ok(mean(bare.image.pixels) > mean(image.pixels) + 20)
})
