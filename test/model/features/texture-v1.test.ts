import assert from "node:assert/strict"
import { test } from "node:test"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { grayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { greyOccupancy } from "@sourceprint/model/features/grey-occupancy.js"
import { localBinaryPattern } from "@sourceprint/model/features/local-binary-pattern.js"
import { COOCCURRENCE_FEATURES, residualCooccurrence } from "@sourceprint/model/features/residual-cooccurrence.js"
import { TEXTURE_V1_LENGTH, textureV1, textureV1Groups } from "@sourceprint/model/features/texture-v1.js"

function noise(side: number, seed: number, levels = 256): GrayImage {
  const rng = new Rng(seed)
  const step = 256 / levels
  return {
    width: side,
    height: side,
    pixels: Uint8Array.from({ length: side * side }, () => Math.floor(rng.below(256) / step) * step),
  }
}
const negative = (image: GrayImage): GrayImage => ({
  ...image,
  pixels: image.pixels.map((grey) => 255 - grey),
})
const turned = (image: GrayImage): GrayImage => ({ ...image, pixels: image.pixels.slice().reverse() })

test("flat, black, white and noise all give finite numbers of the promised count", () => {
  for (const image of [grayImage(64, 64, 0), grayImage(96, 64, 255), grayImage(64, 80, 77), noise(64, 1)]) {
    const vector = textureV1(image)
    assert.equal(vector.length, TEXTURE_V1_LENGTH)
    assert.ok(vector.every(Number.isFinite))
  }
  assert.equal(
    Object.values(textureV1Groups).reduce((a, b) => a + b, 0),
    TEXTURE_V1_LENGTH,
  )
})

test("local binary patterns: squares sum to 1, a flat patch is all one bin, by hand for one pixel", () => {
  const bins = localBinaryPattern(noise(32, 2), 1)
  assert.ok(Math.abs(bins.reduce((sum, b) => sum + b * b, 0) - 1) < 1e-9)
  const flat = localBinaryPattern(grayImage(16, 16, 9), 1)
  assert.equal(flat.filter((b) => b > 0).length, 1)
  const cross = { width: 3, height: 3, pixels: Uint8Array.of(0, 9, 0, 9, 5, 9, 0, 9, 0) } // four changes or more
  assert.equal(localBinaryPattern(cross, 1)[58], 1)
})

test("co-occurrence does not see brightness; it is blind to the negative and to turning by 180 degrees", () => {
  const image = noise(48, 3, 64)
  const plain = residualCooccurrence(image)
  assert.equal(plain.length, COOCCURRENCE_FEATURES)
  const brighter = { ...image, pixels: image.pixels.map((grey) => Math.floor(grey / 2) + 100) }
  const darker = { ...image, pixels: image.pixels.map((grey) => Math.floor(grey / 2)) }
  assert.deepEqual(residualCooccurrence(brighter), residualCooccurrence(darker))
  const near = (a: Float64Array, b: Float64Array): void => {
    a.forEach((value, i) => {
      assert.ok(Math.abs(value - b[i]) < 1e-9)
    })
  }
  near(residualCooccurrence(turned(image)), plain)
  // halves never fall on a rounding edge
  const fine = { ...image, pixels: image.pixels.map((grey) => (grey >> 2) << 2) }
  near(residualCooccurrence(negative(fine)), residualCooccurrence(fine))
})

test("a 16-level image shows the comb of its period and its empty levels", () => {
  const comb = greyOccupancy(noise(64, 4, 16))
  const full = greyOccupancy(noise(64, 4))
  const period16 = 32 + 5
  assert.ok(comb[period16] > 0.9 && full[period16] < 0.2)
  const empty = 32 + 7 + 7
  assert.ok(comb[empty] > 0.9 && full[empty] < 0.05)
})
