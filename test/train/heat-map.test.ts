import assert from "node:assert/strict"
import { test } from "node:test"
import { grayImage } from "@sourceprint/core/image/gray-image.js"
import { logOdds, occlusionMap } from "@sourceprint/train/heat-map.js"

test("the place that the answer rests on is the only one that lights up", () => {
  const region = grayImage(64, 64, 100)
  for (let y = 40; y < 48; y++) region.pixels.fill(255, y * 64 + 8, y * 64 + 16)
  // a model that looks at one pixel: bright there means the target scanner
  const map = occlusionMap(region, ({ pixels }) => (pixels[44 * 64 + 12] > 200 ? 0.9 : 0.2))
  const expected = logOdds(0.9) - logOdds(0.2)
  const lit = [...map.values].flatMap((value, k) => (value === 0 ? [] : [[k, value]]))
  assert.ok(lit.some(([k]) => k === 5 * 8 + 1))
  for (const [k, value] of lit) {
    assert.ok(Math.abs(value - expected) < 1e-6)
    assert.ok(Math.abs(Math.floor(k / 8) - 5) <= 1 && Math.abs((k % 8) - 1) <= 1)
  }
})

test("what speaks against the target is negative; certain answers stay finite", () => {
  const region = grayImage(16, 16, 50)
  region.pixels[0] = 255
  const map = occlusionMap(region, ({ pixels }) => (pixels[0] === 255 ? 0 : 1), 4)
  assert.ok(map.values[0] < 0)
  assert.ok(map.values.every(Number.isFinite))
})
