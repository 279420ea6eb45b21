import assert from "node:assert/strict"
import { test } from "node:test"
import { crop } from "@sourceprint/core/image/crop.js"
import { grayImage } from "@sourceprint/core/image/gray-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import { Rng } from "@sourceprint/core/rng.js"

const rng = new Rng("geometry")
const image = { width: 6, height: 4, pixels: Uint8Array.from({ length: 24 }, () => rng.below(256)), dpi: 500 }

test("crop equals pixel by pixel copying, inside and outside", () => {
  for (let i = 0; i < 500; i++) {
    const [x, y] = [rng.below(20) - 10, rng.below(20) - 10]
    const [width, height] = [1 + rng.below(9), 1 + rng.below(9)]
    const part = crop(image, x, y, width, height, 9)
    for (let r = 0; r < height; r++) {
      for (let c = 0; c < width; c++) {
        const inside = x + c >= 0 && x + c < 6 && y + r >= 0 && y + r < 4
        assert.equal(part.pixels[r * width + c], inside ? image.pixels[(y + r) * 6 + x + c] : 9)
      }
    }
  }
})

test("resize keeps constants and means, and knows its resolution", () => {
  const flat = resize(grayImage(7, 5, 77), 31, 3)
  assert.ok(flat.pixels.every((p) => p === 77))
  const half = resize({ width: 4, height: 2, pixels: Uint8Array.of(0, 100, 0, 100, 0, 100, 0, 100) }, 2, 1)
  const mean = (half.pixels[0] + half.pixels[1]) / 2
  assert.ok(Math.abs(mean - 50) <= 1)
  assert.equal(resize(image, 3, 2).dpi, 250)
  assert.equal(resize(image, 6, 4), image)
})
