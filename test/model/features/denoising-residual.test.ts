import assert from "node:assert/strict"
import { test } from "node:test"
import { grayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import {
  denoisingResidual,
  RESIDUAL_SPECTRUM_LENGTH,
  residualSpectrum,
} from "@sourceprint/model/features/denoising-residual.js"

test("of weak noise on a strong edge the noise is taken and the edge is left", () => {
  const rng = new Rng(1)
  const image = grayImage(64, 64)
  for (let i = 0; i < image.pixels.length; i++)
    image.pixels[i] = Math.round((i % 64 < 32 ? 60 : 190) + 3 * rng.normal())
  const residual = denoisingResidual(image)
  const power = (keep: (x: number) => boolean): number => {
    const part = residual.filter((_, i) => keep(i % 64))
    return part.reduce((sum, r) => sum + r * r, 0) / part.length
  }
  assert.ok(power((x) => x < 28 || x > 36) > 3, "most of the noise (variance 9) is in the residual")
  assert.ok(power((x) => x === 31 || x === 32) < 10, "the step of 130 levels is not")
  assert.ok(denoisingResidual(grayImage(64, 64, 30)).every((r) => r === 0))
})

test("the spectrum of its sign is finite, also for a flat patch, and blind to brightness", () => {
  const rng = new Rng(2)
  const image = { ...grayImage(64, 64), pixels: Uint8Array.from({ length: 4096 }, () => 50 + rng.below(40)) }
  const brighter = { ...image, pixels: image.pixels.map((grey) => grey + 60) }
  assert.equal(residualSpectrum(image).length, RESIDUAL_SPECTRUM_LENGTH)
  assert.deepEqual(residualSpectrum(brighter), residualSpectrum(image))
  assert.ok(residualSpectrum(grayImage(64, 64, 7)).every(Number.isFinite))
})
